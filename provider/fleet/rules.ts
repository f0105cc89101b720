import {
  type ConsentScreen,
  capacityOf,
  consentProblem,
  isCountedForLife,
  type ProjectUsers,
  USER_CAP,
} from "../google/consent-screen.ts";
import { authorizedDomainProblem } from "../google/console.ts";
import type { FleetSpec, MailboxSpec } from "../resources/fleet/spec.ts";
import { screenOf } from "../resources/google-oauth-client/consent-screen.ts";
import { accountOf, addressWarning } from "../schema/address.ts";
import { otherHosts } from "../schema/mail-hosts.ts";
import { ownOf } from "../values.ts";
import { type Assignment, assigned, filled, placesOf } from "./assignment.ts";
import type { Lock } from "./lock.ts";
import { kindIn, nameOf } from "./names.ts";
import type { Problem } from "./problem.ts";
import { roomsIn, roomText } from "./rooms.ts";

/** What the schema cannot say. Nothing here goes over a network. */
export function brokenRules(spec: FleetSpec, lock: Lock): readonly Problem[] {
  const assignment = assigned(spec, lock);
  const users = placesOf(spec, lock, assignment);
  return [
    ...clientProblems(spec),
    ...defaultProblems(spec),
    ...otherHostWarnings(spec),
    ...mailboxProblems(spec),
    ...consentProblems(spec, assignment, users),
    ...unassigned(spec, lock, assignment),
    ...fullnessWarnings(spec, users),
    ...unlocked(spec, lock, assignment),
    ...strangeProjects(spec, lock),
  ];
}

function clientProblems({ clients, environmentUrl }: FleetSpec): Problem[] {
  const names = new Map<string, string>();
  return Object.entries(clients).flatMap(([name, client]): Problem[] => {
    const path = ["clients", name];
    const { clientId, clientSecret, credentialsJson, authorizedDomain } = client;
    const other = clientId === undefined ? undefined : names.get(clientId);
    if (clientId !== undefined) names.set(clientId, name);
    const wrongDomain =
      authorizedDomain && URL.canParse(environmentUrl ?? "") && environmentUrl
        ? authorizedDomainProblem(authorizedDomain, environmentUrl)
        : undefined;
    return [
      ...(other === undefined
        ? []
        : [problem("client/duplicate", [...path, "clientId"], `is that of the client ${other}, too`)]),
      ...(credentialsJson || (clientId && clientSecret)
        ? []
        : [
            problem(
              "client/incomplete",
              path,
              `has no ${clientId ? "clientSecret" : "clientId"}: \`gmailsync guide\` shows how to get one`,
              true,
            ),
          ]),
      ...(wrongDomain ? [problem("environment/mismatch", [...path, "authorizedDomain"], wrongDomain)] : []),
    ];
  });
}

/** An organisation has one default profile: the last would win, and every preview show the others as drift. */
function defaultProblems({ clients, profile }: FleetSpec): Problem[] {
  const defaults = Object.entries(clients).filter(
    ([, client]) => client.profile?.defaultForNewMailboxes ?? profile?.defaultForNewMailboxes,
  );
  const [, second] = defaults;
  if (second === undefined) return [];
  const [name, client] = second;
  const path = client.profile?.defaultForNewMailboxes === undefined ? ["profile"] : ["clients", name, "profile"];
  const names = defaults.map(([one]) => one).join(", ");
  return [
    problem(
      "profile/two-defaults",
      [...path, "defaultForNewMailboxes"],
      `makes the profiles of ${names} the default for new mailboxes, and an organisation has one: leave it at one client`,
    ),
  ];
}

/** Servers of profiles, of all clients and of one. Which hosts the provider allows is not known here. */
function otherHostWarnings({ clients, profile }: FleetSpec): Problem[] {
  const profiles = [
    { path: ["profile"], profile },
    ...Object.entries(clients).map(([name, client]) => ({
      path: ["clients", name, "profile"],
      profile: client.profile,
    })),
  ];
  return profiles.flatMap(({ path, profile }) =>
    SERVERS.flatMap((property) =>
      otherHosts([profile?.[property] ?? null], []).map((host) =>
        problem(
          "profile/other-host",
          [...path, property],
          `${host} is not Gmail's: it gets no token of a mailbox, unless the provider's setting mailHosts (GMAILSYNC_MAIL_HOSTS) names it`,
        ),
      ),
    ),
  );
}

const SERVERS = ["incomingServerLocation", "outgoingServerLocation"] as const;

function mailboxProblems(spec: FleetSpec): Problem[] {
  const { clients, mailboxes } = spec;
  const first = new Map<string, number[]>();
  const formers = new Map<string, number>();
  return mailboxes.flatMap((mailbox, index): Problem[] => {
    const { address, client, was } = mailbox;
    const before = first.get(accountOf(address)) ?? [];
    const twin = firstTwin(spec, index, before);
    before.push(index);
    first.set(accountOf(address), before);
    const former = was === undefined ? undefined : nameOf(was, kindIn(spec, mailbox));
    const heir = former === undefined ? undefined : formers.get(former);
    if (former !== undefined) formers.set(former, heir ?? index);
    const at = (property: string) => ["mailboxes", index, property];
    const names = Object.keys(clients);
    const warning = addressWarning(address);
    return [
      ...(twin === undefined ? [] : [problem("mailbox/duplicate", at("address"), twin)]),
      ...(heir === undefined
        ? []
        : [problem("mailbox/duplicate", at("was"), `${was} became mailboxes[${heir}] already`)]),
      ...(was?.toLowerCase() === address.toLowerCase()
        ? [problem("mailbox/duplicate", at("was"), `${was} is the address that the mailbox has`)]
        : []),
      ...(client === undefined || Object.hasOwn(clients, client)
        ? []
        : [
            problem(
              "mailbox/unknown-client",
              at("client"),
              `there is no client ${client}; known are ${names.slice(0, 20).join(", ")}`,
            ),
          ]),
      ...(warning === undefined ? [] : [problem("address/unusual", at("address"), `${address} ${warning}`)]),
    ];
  });
}

/** The first of those before that the entry cannot stand beside, and why. */
function firstTwin(spec: FleetSpec, index: number, before: readonly number[]): string | undefined {
  for (const other of before) {
    const found = twinProblem(spec, index, other);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Why two entries with one account cannot both be there. A user and a queue may have one address. */
function twinProblem(spec: FleetSpec, index: number, other: number): string | undefined {
  const [one, two] = [spec.mailboxes[index], spec.mailboxes[other]];
  if (!one || !two) return undefined;
  const [kind, otherKind] = [kindIn(spec, one), kindIn(spec, two)];
  const at = `mailboxes[${other}]`;
  if (kind !== undefined && otherKind !== undefined && kind !== otherKind) {
    if (one.client === two.client) return undefined;
    return `${one.address} signs in for ${at}, too: a user and a queue with one address use one client, so give both the same \`client\`, or none`;
  }
  if (one.address.toLowerCase() !== two.address.toLowerCase())
    return `${one.address} is the account of ${two.address} at ${at}: at gmail.com, which is googlemail.com, neither dots nor what follows a plus make another one`;
  const both = kind === otherKind ? "" : "; where a user and a queue have it, give `kind` at both entries";
  return `${one.address} stands at ${at} already${both}`;
}

function consentProblems(
  { clients, mailboxes }: FleetSpec,
  { clients: assignedTo }: Assignment,
  users: ProjectUsers,
): Problem[] {
  const screens = new Map(Object.entries(clients).map(([name, client]) => [name, screenOf(client)]));
  return mailboxes.flatMap(({ address }, index): Problem[] => {
    const screen = screens.get(assignedTo.get(accountOf(address)) ?? "");
    const refusal = screen && users.join(screen, address);
    if (!refusal) return [];
    return [problem(`consent/${refusal.kind}`, ["mailboxes", index, "address"], `${address} ${refusal.problem}`)];
  });
}

/** Projects that are nearly full, each at the first of its clients. */
function fullnessWarnings(spec: FleetSpec, users: ProjectUsers): Problem[] {
  return roomsIn(spec, users).flatMap((room) =>
    room.isNearlyFull && room.taken <= USER_CAP
      ? [problem("consent/nearly-full", ["clients", room.client, "projectId"], roomText(room))]
      : [],
  );
}

/** Who has a place for life and is not in the lock is forgotten when the entry goes. */
function unlocked({ clients, mailboxes }: FleetSpec, lock: Lock, { clients: assignedTo }: Assignment): Problem[] {
  if (lock.lines.length === 0) return [];
  const locked = new Set(lock.lines.map(({ address }) => accountOf(address)));
  const index = mailboxes.findIndex(({ address }) => {
    const client = ownOf(clients, assignedTo.get(accountOf(address)) ?? "");
    return client && isCountedForLife(screenOf(client)) && !locked.has(accountOf(address));
  });
  if (index < 0) return [];
  const path = ["mailboxes", index, "address"];
  return [
    problem(
      "lock/stale",
      path,
      `${mailboxes[index]?.address} is not in the lock file, which remembers who has a place in a project. Run \`gmailsync lock\` and commit it`,
    ),
  ];
}

/** A mistyped project has its places counted nowhere. */
function strangeProjects({ clients }: FleetSpec, { retired }: Lock): Problem[] {
  const known = new Set(Object.values(clients).map(({ projectId }) => projectId));
  const strange = [...new Set(retired.map(({ project }) => project))].filter((project) => !known.has(project));
  return strange.map((project) =>
    problem(
      "lock/unknown-project",
      ["clients"],
      `no client has the project ${project}, of which the lock file retires places`,
      true,
    ),
  );
}

/** One problem for all with the same cause: what to do is the same. */
function unassigned(spec: FleetSpec, lock: Lock, { open }: Assignment): Problem[] {
  const [first] = open;
  if (first === undefined) return [];
  const { left } = filled(spec, lock);
  const run = {
    code: "mailbox/unassigned",
    message: `${count(open.length)} no client yet. Run \`gmailsync lock\` and commit the lock file`,
  } as const;
  const causes = left.length === 0 ? [{ ...run, mailbox: first }] : whyLeft(spec, left);
  return causes.map(({ code, mailbox, message }) =>
    problem(code, ["mailboxes", spec.mailboxes.indexOf(mailbox), "address"], message),
  );
}

interface Cause {
  readonly code: "mailbox/unassigned" | "consent/refused";
  /** The first that it holds for. */
  readonly mailbox: MailboxSpec;
  readonly message: string;
}

/** Why mailboxes are left: Google would refuse the users of some, and others find no room, so that projects are missing. */
export function whyLeft({ clients }: FleetSpec, left: readonly MailboxSpec[]): readonly Cause[] {
  const screens = Object.values(clients).map(screenOf);
  const refusals = ({ address }: MailboxSpec) => screens.flatMap((screen) => consentProblem(screen, address) ?? []);
  const { refused = [], full = [] } = Object.groupBy(left, (mailbox) =>
    refusals(mailbox).length === screens.length ? "refused" : "full",
  );
  return [
    ...refused.slice(0, 1).map((mailbox) => ({
      code: "consent/refused" as const,
      mailbox,
      message: `no client's app lets ${namesOf(mailbox, refused)} in: ${mailbox.address} ${[...new Set(refusals(mailbox))].join("; ")}`,
    })),
    ...full.slice(0, 1).map((mailbox) => ({
      code: "mailbox/unassigned" as const,
      mailbox,
      message: fullText(screens, mailbox, full),
    })),
  ];
}

function fullText(screens: readonly ConsentScreen[], first: MailboxSpec, full: readonly MailboxSpec[]): string {
  const bounded = screens.filter((screen) => Number.isFinite(capacityOf(screen)));
  const projects = new Set(bounded.map(({ projectId }) => projectId));
  const needed = Math.ceil(full.length / USER_CAP);
  return `${count(full.length)} no room: the ${projects.size} projects of the fleet are full, and ${needed} more ${needed === 1 ? "is" : "are"} missing (${namesOf(first, full)}). Add clients of other projects; \`gmailsync guide\` shows how to make them`;
}

function namesOf({ address }: MailboxSpec, all: readonly MailboxSpec[]): string {
  return `${address}${all.length > 1 ? ` and ${all.length - 1} more` : ""}`;
}

function count(mailboxes: number): string {
  return mailboxes === 1 ? "one mailbox has" : `${mailboxes} mailboxes have`;
}

function problem(code: Problem["code"], path: Problem["path"], message: string, atKey = false): Problem {
  return { code, path, message, atKey };
}
