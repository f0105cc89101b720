import { X509Certificate } from "node:crypto";
import type { DataverseState } from "../dataverse/state.ts";
import { rowsOf } from "../dataverse/state.ts";
import type { World } from "../world.ts";
import type { Context } from "./order.ts";
import { shown } from "./rows.ts";

type Rows = (context: Context) => readonly unknown[];

/** What can be shown, by name: its rows. How they look on a terminal stands in `cli-table.ts`. */
export const SHOWS: Readonly<Record<string, Rows>> = {
  mailboxes: ({ world }) => shown(world(), "mailboxes"),
  profiles: ({ world }) => shown(world(), "emailserverprofiles"),
  organizations: ({ world }) => shown(world(), "organizations"),
  users: ({ world }) => shown(world(), "systemusers"),
  queues: ({ world }) => shown(world(), "queues"),
  alerts: ({ world }) => shown(world(), "tracelogs"),
  roles: ({ world }) => world().dataverse.roles.map((role) => ({ ...role, holders: holdersOf(role.holders, world()) })),
  applications: ({ world }) => applications(world()),
  pipelines: ({ world }) => Object.entries(world().pipelines).map(([name, pipeline]) => ({ name, ...pipeline })),
  accounts: ({ world }) => world().google.accounts,
  clients: ({ world }) =>
    world().google.clients.map(({ secrets, ...client }) => ({
      ...client,
      secrets: secrets.map(({ value, enabled }) => `…${value.slice(-4)} ${state(enabled)}`),
    })),
  projects: ({ world }) => world().google.projects.map(({ app, ...project }) => ({ ...app, ...project })),
  units: ({ world }) => world().google.units,
  "service-accounts": ({ world }) =>
    world().google.serviceAccounts.map(
      ({ email, delegatedScopes, tokenCreators = [], workloadIdentityUsers = [] }) => ({
        email,
        delegatedScopes,
        tokenCreators,
        workloadIdentityUsers,
      }),
    ),
  "workload-providers": ({ world }) => world().google.workloadProviders,
  secrets: ({ world }) => secrets(world()),
  faults: ({ faults }) => faults.list(),
  requests: ({ records }) => records(),
};

function state(enabled: boolean): string {
  return enabled ? "enabled" : "disabled";
}

function userOf({ rows }: DataverseState, clientId: string) {
  return (rows["systemusers"] ?? []).find((row) => row["applicationid"] === clientId);
}

function holdersOf(holders: readonly string[], { dataverse }: World): unknown[] {
  return rowsOf(dataverse, "systemusers")
    .filter(({ systemuserid }) => holders.includes(String(systemuserid)))
    .map((row) => row["fullname"]);
}

function applications({ entra, dataverse }: World): unknown[] {
  return entra.applications.map(({ clientId, name, secrets: values, certificates, federatedCredentials }) => {
    const user = userOf(dataverse, clientId);
    const held = dataverse.roles.filter(({ holders }) => holders.includes(String(user?.["systemuserid"])));
    return {
      name,
      clientId,
      user: user === undefined ? "none" : state(user["isdisabled"] !== true),
      roles: held.map((role) => role.name),
      secrets: values.map(
        ({ value, endsAt }) => `…${value.slice(-4)}${endsAt === null ? "" : ` until ${day(endsAt)}`}`,
      ),
      certificates: certificates.map(shownCertificate),
      federatedCredentials: federatedCredentials.map(({ issuer, subject, audience }) =>
        [issuer, subject, audience].join(" "),
      ),
    };
  });
}

function day(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** How Entra's pages name it, and how long it is valid. */
function shownCertificate(pem: string): string {
  const certificate = new X509Certificate(pem);
  return `${certificate.fingerprint.replaceAll(":", "")} until ${day(certificate.validToDate.getTime())}`;
}

/** They are all made up, so there is nothing to hide. */
function secrets({ entra, google }: World): unknown[] {
  return [
    ...entra.applications.flatMap(({ clientId, secrets: values }) =>
      values.map(({ value, endsAt }) => ({
        what: "Entra client secret",
        of: clientId,
        secret: value,
        state: endsAt === null ? "enabled" : `until ${day(endsAt)}`,
      })),
    ),
    ...google.clients.flatMap(({ clientId, secrets: values }) =>
      values.map(({ value, enabled }) => ({
        what: "Google client secret",
        of: clientId,
        secret: value,
        state: state(enabled),
      })),
    ),
    ...google.grants.map((grant) => ({
      what: "refresh token",
      of: `${grant.address} by ${grant.clientId}`,
      secret: grant.refreshToken,
      state: grant.state,
    })),
  ];
}
