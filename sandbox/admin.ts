import { commit } from "./dataverse/changes.ts";
import { presenter } from "./dataverse/presentation.ts";
import { planRemoval } from "./dataverse/removal.ts";
import { ServiceError } from "./dataverse/service-error.ts";
import { APPROVAL_MODES, type Cell, findRow, now, type Row, rowsOf, touch } from "./dataverse/state.ts";
import { type Table, tables } from "./dataverse/tables.ts";
import { planUpdate } from "./dataverse/writes.ts";
import { consentRefusal, keepConsent } from "./google/consent.ts";
import { ACCESS_SETTINGS, ACCOUNT_CONDITIONS, newApp, newGrant } from "./google/state.ts";
import type { HttpAnswer, HttpRequest, HttpService } from "./http.ts";
import { faultOf, Malformed, oneOf, type Parameters, parseOrder, refuseOthers, Unknown, wholeNumber } from "./order.ts";
import type { Fault, RequestRecord } from "./traffic.ts";
import type { World } from "./world.ts";

export interface AdminOptions {
  readonly token: string;
  readonly world: () => World;
  readonly records: () => readonly RequestRecord[];
  readonly addFault: (fault: Fault) => void;
  readonly reset: () => void;
  readonly stop: () => void;
  /** Something was changed that the worker may have to see. */
  readonly changed: () => void;
}

type Action = (options: AdminOptions, name: string, values: Parameters) => unknown;

/** What an administrator does in the browser, as JSON over HTTP: `POST /<action>` with `{name, values}`. */
export function adminService(options: AdminOptions): HttpService {
  return (request) => {
    if (request.headers["authorization"] !== `Bearer ${options.token}`)
      return { status: 401, body: { error: "wrong token" } };
    const action = ACTIONS.get(request.url.pathname.slice(1));
    if (!action || request.method !== "POST") return { status: 404, body: { error: "there is no such action" } };
    return perform(options, action, request);
  };
}

function perform(options: AdminOptions, action: Action, request: HttpRequest): HttpAnswer {
  try {
    const { name, values } = parseOrder(request.body);
    const result = action(options, name, values);
    options.changed();
    return { status: 200, body: { result: result ?? null } };
  } catch (error) {
    if (error instanceof ServiceError) return { status: 400, body: { error: `${error.message} (${error.code})` } };
    if (error instanceof Malformed) return { status: 400, body: { error: error.message } };
    if (error instanceof Unknown) return { status: 404, body: { error: error.message } };
    throw error;
  }
}

const ACTION_TABLE: Readonly<Record<string, Action>> = {
  ping: () => null,
  mailboxes: ({ world }) => shown(world(), "mailboxes"),
  profiles: ({ world }) => shown(world(), "emailserverprofiles"),
  organizations: ({ world }) => shown(world(), "organizations"),
  alerts: ({ world }) => shown(world(), "tracelogs"),
  accounts: ({ world }) => world().google.accounts,
  clients: ({ world }) =>
    world().google.clients.map(({ secrets, ...client }) => ({
      ...client,
      secrets: secrets.map(({ value, enabled }) => `…${value.slice(-4)} ${enabled ? "enabled" : "disabled"}`),
    })),
  projects: ({ world }) => world().google.projects.map(({ app, ...project }) => ({ ...app, ...project })),
  requests: ({ records }) => records(),
  "set-mailbox": ({ world }, name, values) => setRow(world(), "mailboxes", "emailaddress", name, values),
  "set-profile": ({ world }, name, values) => setRow(world(), "emailserverprofiles", "name", name, values),
  "set-organization": ({ world }, name, values) => setRow(world(), "organizations", "name", name, values),
  "delete-profile": ({ world }, name) => deleteProfile(world(), name),
  "set-account": ({ world }, name, values) => {
    const account = world().google.accounts.find(({ address }) => address === name.toLowerCase());
    if (!account) throw new Unknown(`no account ${name}`);
    const { imap, pop, condition, ...others } = values;
    refuseOthers(others, ["imap", "pop", "condition"]);
    if (imap) account.imap = oneOf("imap", imap, ACCESS_SETTINGS);
    if (pop) account.pop = oneOf("pop", pop, ACCESS_SETTINGS);
    if (condition) account.condition = oneOf("condition", condition, ACCOUNT_CONDITIONS);
    return account;
  },
  "set-client": ({ world }, name, values) => {
    const client = world().google.clients.find(({ clientId }) => clientId === name);
    if (!client) throw new Unknown(`no client ${name}`);
    const { state, secret, redirectUris, ...others } = values;
    refuseOthers(others, ["state", "secret", "redirectUris"]);
    if (state) client.state = oneOf("state", state, ["active", "disabled", "deleted"] as const);
    if (secret) client.secrets = [{ value: secret, enabled: true }];
    if (redirectUris !== undefined) client.redirectUris = redirectUris.split(",").filter(Boolean);
    return { clientId: client.clientId, state: client.state };
  },
  "set-project": ({ world }, name, values) => {
    const project = world().google.projects.find(({ projectId }) => projectId === name);
    if (!project) throw new Unknown(`no project ${name}`);
    const { audience, publishingStatus, verified, testUsers, blockedByAdmin, ...others } = values;
    refuseOthers(others, ["audience", "publishingStatus", "verified", "testUsers", "blockedByAdmin"]);
    project.app ??= newApp("northwind.example");
    const { app } = project;
    if (audience) app.audience = oneOf("audience", audience, ["internal", "external"] as const);
    if (publishingStatus)
      app.publishingStatus = oneOf("publishingStatus", publishingStatus, ["testing", "production"] as const);
    if (verified) app.verified = oneOf("verified", verified, ["true", "false"]) === "true";
    if (blockedByAdmin) app.blockedByAdmin = oneOf("blockedByAdmin", blockedByAdmin, ["true", "false"]) === "true";
    if (testUsers !== undefined) app.testUsers = testUsers.split(",").filter(Boolean);
    return project;
  },
  "move-clock": ({ world }, days) => {
    world().google.clockOffsetMs += wholeNumber("days", days, 1, 3650) * 24 * 3600 * 1000;
  },
  "set-behaviour": ({ world }, _, values) => {
    const { approval, administrationMode, requestLimit, ...others } = values;
    const { behaviour } = world().dataverse;
    refuseOthers(others, ["approval", "administrationMode", "requestLimit"]);
    if (requestLimit !== undefined)
      behaviour.requestLimit = requestLimit === "null" ? null : wholeNumber("requestLimit", requestLimit, 0, 1_000_000);
    if (approval !== undefined) behaviour.approval = oneOf("approval", approval, APPROVAL_MODES);
    if (administrationMode !== undefined)
      behaviour.administrationMode = oneOf("administrationMode", administrationMode, ["true", "false"]) === "true";
    return behaviour;
  },
  "sign-in": ({ world }, name) => signIn(world(), name),
  "sign-out": ({ world }, name) => {
    for (const row of mailboxesOf(world(), name)) {
      row["oauthrefreshtoken"] = null;
      touch(world().dataverse, row);
    }
  },
  revoke: ({ world }, name) => {
    for (const grant of world().google.grants) if (grant.address === name.toLowerCase()) grant.state = "revoked";
  },
  fault: ({ addFault }, name, values) => addFault(faultOf(name, values)),
  reset: ({ reset }) => reset(),
  stop: ({ stop }) => {
    setImmediate(stop);
  },
};
const ACTIONS = new Map(Object.entries(ACTION_TABLE));

function shown(world: World, set: string): unknown[] {
  return rowsOf(world.dataverse, set).map(presenter(world.dataverse, tableOf(set), {}));
}

/** The user signs in on the mailbox's form, with the client of the mailbox's profile. */
function signIn(world: World, name: string): unknown {
  const { google, dataverse } = world;
  const account = google.accounts.find(({ address }) => address === name.toLowerCase());
  if (!account) throw new Unknown(`no account ${name}`);
  for (const row of mailboxesOf(world, name)) {
    const profile = findRow(
      dataverse,
      "emailserverprofiles",
      "emailserverprofileid",
      String(row["_emailserverprofile_value"]),
    );
    if (!profile) throw new Unknown(`the mailbox ${name} has no email server profile, so no client to sign in with`);
    const client = google.clients.find(({ clientId }) => clientId === profile["oauthclientid"]);
    // Google's words on its sign-in page.
    if (!client) throw new Unknown("invalid_client: The OAuth client was not found.");
    if (client.state !== "active") throw new Unknown(`${client.state}_client: The OAuth client was ${client.state}.`);
    const refusal = consentRefusal(google, client, account.address);
    if (refusal) throw new Unknown(`${refusal.error}: ${refusal.description}`);
    const grant = keepConsent(google, client, newGrant(account.address, client.clientId));
    row["oauthrefreshtoken"] = grant.refreshToken;
    row["oauthtokenexpireson"] = now();
    touch(dataverse, row);
  }
  return { address: account.address };
}

function setRow(world: World, set: string, key: string, name: string, values: Parameters): unknown {
  const table = tableOf(set);
  const rows = rowsOf(world.dataverse, set).filter((row) => String(row[key]).toLowerCase() === name.toLowerCase());
  if (rows.length === 0) throw new Unknown(`no row of ${set} has ${key} ${name}`);
  const typed = Object.fromEntries(
    Object.entries(values).map(([column, text]) => typedCell(world, table, column, text)),
  );
  const place = { state: world.dataverse, environmentUrl: "" };
  commit(
    world.dataverse,
    rows.map((row) => planUpdate(place, table, row, typed)),
  );
  return rows.map(presenter(world.dataverse, table, {}));
}

/** `column=value` of a command line as the Web API wants it; a profile may be given by its name. */
function typedCell(world: World, table: Table, column: string, text: string): [string, Cell] {
  if (column === "profile") {
    const profile = rowsOf(world.dataverse, "emailserverprofiles").find((row) => row["name"] === text);
    if (text !== "" && !profile) throw new Unknown(`no profile ${text}`);
    return [
      "emailserverprofile@odata.bind",
      profile ? `/emailserverprofiles(${profile["emailserverprofileid"]})` : null,
    ];
  }
  const type = table.columns.find(({ webApiName }) => webApiName === column)?.edmType ?? "";
  if (text === "null") return [column, null];
  if (type === "Edm.Boolean") return [column, oneOf(column, text, ["true", "false"]) === "true"];
  const number = (type === "Edm.Int32" || type === "Edm.Int64") && /^-?\d+$/.test(text);
  return [column, number ? Number(text) : text];
}

function deleteProfile({ dataverse }: World, name: string): void {
  const row = rowsOf(dataverse, "emailserverprofiles").find((candidate) => candidate["name"] === name);
  if (!row) throw new Unknown(`no profile ${name}`);
  commit(dataverse, planRemoval(dataverse, tableOf("emailserverprofiles"), row));
}

function mailboxesOf(world: World, address: string): Row[] {
  const rows = rowsOf(world.dataverse, "mailboxes").filter(
    (row) => String(row["emailaddress"]).toLowerCase() === address.toLowerCase(),
  );
  if (rows.length === 0) throw new Unknown(`no mailbox ${address}`);
  return rows;
}

function tableOf(set: string): Table {
  const table = tables.get(set);
  if (!table) throw new Unknown(`no table ${set}`);
  return table;
}
