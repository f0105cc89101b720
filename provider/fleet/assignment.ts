import {
  type ConsentScreen,
  capacityOf,
  consentProblem,
  isCountedForLife,
  isTesting,
  ProjectUsers,
} from "../google/consent-screen.ts";
import type { FleetSpec, MailboxSpec } from "../resources/fleet/spec.ts";
import { screenOf } from "../resources/google-oauth-client/consent-screen.ts";
import { accountOf } from "../schema/address.ts";
import { ownOf } from "../values.ts";
import { clientsIn, type Lock, type LockLine } from "./lock.ts";

export interface Assignment {
  /** Client names by account. */
  readonly clients: ReadonlyMap<string, string>;
  /** Mailboxes that neither pin nor lock nor an only client decides about, one for each account. */
  readonly open: readonly MailboxSpec[];
}

/** Pins first, then the lock; where there is only one client there is nothing to decide. */
export function assigned({ clients, mailboxes }: FleetSpec, lock: Lock): Assignment {
  const names = Object.keys(clients);
  const only = names.length === 1 ? names[0] : undefined;
  const locked = new Map([...clientsIn(lock)].map(([address, client]) => [accountOf(address), client]));
  const known = new Map<string, string>();
  const open = new Map<string, MailboxSpec>();
  for (const mailbox of mailboxes) {
    const { address, was, client: pin } = mailbox;
    const account = accountOf(address);
    const before = locked.get(account) ?? (was === undefined ? undefined : locked.get(accountOf(was)));
    const kept = before !== undefined && Object.hasOwn(clients, before) ? before : undefined;
    const client = pin ?? known.get(account) ?? only ?? kept;
    if (client !== undefined) known.set(account, client);
    else if (!open.has(account)) open.set(account, mailbox);
  }
  return { clients: known, open: [...open].flatMap(([account, mailbox]) => (known.has(account) ? [] : [mailbox])) };
}

/** Who has a place in the projects of a fleet before anybody new comes: of the file, of the lock, and whom people know of. */
export function placesOf(spec: FleetSpec, lock: Lock, { clients }: Assignment): ProjectUsers {
  const users = new ProjectUsers();
  const present = new Set(spec.mailboxes.map(({ address }) => accountOf(address)));
  const forLife = new Set<string>();
  for (const screen of Object.values(spec.clients).map(screenOf)) {
    if (isCountedForLife(screen)) forLife.add(screen.projectId);
    // Who is listed has a place, and gives it back when it is taken from the list.
    if (isTesting(screen))
      for (const user of screen.testUsers ?? [])
        users.occupy(screen.projectId, accountOf(user), !present.has(accountOf(user)));
  }
  for (const { project, address } of linesOf(spec, lock)) {
    const gone = ownOf(spec.clients, clients.get(accountOf(address)) ?? "")?.projectId !== project;
    if (project !== undefined && (!gone || forLife.has(project))) users.occupy(project, accountOf(address), gone);
  }
  for (const { project, who } of lock.retired) {
    if (!forLife.has(project)) continue;
    const accounts = who.includes("@")
      ? [accountOf(who)]
      : Array.from({ length: Number(who) }, (_, one) => `one ${one}`);
    for (const account of accounts) users.occupy(project, account, true);
  }
  return users;
}

/** The lines of a lock as of today: who was renamed has the new address, and a place without a project has that of its client. */
function linesOf({ clients, mailboxes }: FleetSpec, { lines }: Lock): readonly LockLine[] {
  const present = new Set(mailboxes.map(({ address }) => address.toLowerCase()));
  const renamed = new Map<string, string>();
  for (const { address, was } of mailboxes)
    if (was !== undefined && !present.has(was.toLowerCase())) renamed.set(was.toLowerCase(), address.toLowerCase());
  const known = new Set(lines.map(({ address }) => address));
  return lines.map(({ address, client, project, was }) => {
    const of = { client, project: project ?? ownOf(clients, client ?? "")?.projectId };
    const next = renamed.get(address);
    // Where both have lines, they were written before anybody knew that they are one.
    return next === undefined || known.has(next)
      ? { ...of, address, was }
      : { ...of, address: next, was: [address, ...was] };
  });
}

export interface Filled {
  readonly lock: Lock;
  /** Mailboxes that found no client. */
  readonly left: readonly MailboxSpec[];
  /** New: address to client. */
  readonly added: ReadonlyMap<string, string>;
  /** By project, with those that have got one now. */
  readonly places: ProjectUsers;
}

/**
 * Gives every open mailbox a client, and moves no other: a client of the project where its user has a place already, or else the
 * first, in the order of the file, that has room and whose users Google would let consent. The room is the project's, shared by
 * its clients; where Google counts for life those that are gone keep their places.
 */
export function filled(spec: FleetSpec, lock: Lock): Filled {
  const assignment = assigned(spec, lock);
  const { clients: known, open } = assignment;
  const places = placesOf(spec, lock, assignment);
  const screens = Object.entries(spec.clients).map(([name, client]) => ({ name, screen: screenOf(client) }));
  const take = (address: string, screen: ConsentScreen) => places.occupy(screen.projectId, accountOf(address), false);
  const byName = new Map(screens.map(({ name, screen }) => [name, screen]));
  for (const { address } of spec.mailboxes) {
    const screen = byName.get(known.get(accountOf(address)) ?? "");
    if (screen) take(address, screen);
  }
  const clients = new Map(known);
  const added = new Map<string, string>();
  const left: MailboxSpec[] = [];
  for (const mailbox of open) {
    const { address } = mailbox;
    const account = accountOf(address);
    const lets = ({ screen }: (typeof screens)[number]) => consentProblem(screen, address) === undefined;
    const free =
      screens.find((one) => places.has(one.screen.projectId, account) && lets(one)) ??
      screens.find((one) => places.taken(one.screen.projectId) < capacityOf(one.screen) && lets(one));
    if (!free) {
      left.push(mailbox);
      continue;
    }
    take(address, free.screen);
    clients.set(account, free.name);
    added.set(address.toLowerCase(), free.name);
  }
  return { lock: { lines: newLines(spec, lock, clients), retired: lock.retired }, left, added, places };
}

/** A line for every mailbox that has a client, and one for every other place that somebody has had. */
function newLines(spec: FleetSpec, lock: Lock, clients: ReadonlyMap<string, string>): readonly LockLine[] {
  const before = linesOf(spec, lock);
  const names = new Map(before.map(({ address, was }) => [address, was]));
  const lines = new Map<string, LockLine>();
  for (const { address: written, was } of spec.mailboxes) {
    const account = accountOf(written);
    const client = clients.get(account);
    const project = ownOf(spec.clients, client ?? "")?.projectId;
    const address = written.toLowerCase();
    const former = [...(was === undefined ? [] : [was.toLowerCase()]), ...(names.get(address) ?? [])];
    const key = `${account} ${project}`;
    if (client !== undefined && !lines.has(key))
      lines.set(key, { address, client, project, was: [...new Set(former)].filter((one) => one !== address) });
  }
  const internal = new Set(
    Object.values(spec.clients).flatMap(({ projectId, audience = "internal" }) =>
      audience === "internal" ? [projectId] : [],
    ),
  );
  for (const line of before) {
    const key = `${accountOf(line.address)} ${line.project}`;
    const counts = line.project !== undefined && !internal.has(line.project);
    if (counts && !lines.has(key)) lines.set(key, { ...line, client: undefined });
  }
  return [...lines.values()];
}
