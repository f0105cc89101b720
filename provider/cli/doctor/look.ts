import type { FaultKind } from "../../codes/kinds.ts";
import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import type { Services } from "../../host/configuration.ts";
import { Deadline } from "../../network/deadline.ts";
import { driftOf } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import { columns } from "../../resources/mailbox/columns.ts";
import { findMailbox } from "../../resources/mailbox/find.ts";
import { isIdle } from "../../resources/mailbox/people.ts";
import { alerts } from "../../resources/mailbox-activation/alerts.ts";
import { ownChecks } from "../../resources/mailbox-activation/own-checks.ts";
import { preconditions } from "../../resources/mailbox-activation/preconditions.ts";
import { results } from "../../resources/mailbox-activation/results.ts";
import { isGuid } from "../../schema/guid.ts";
import { type Finding, found, good, hasFailed, type Step } from "../../schema/step.ts";
import { type Report, reportOf, reportWithout } from "./report.ts";
import type { Target } from "./target.ts";

/** Mailboxes that are looked at side by side. */
const SIDE_BY_SIDE = 10;

export interface Looks {
  readonly targets: readonly Target[];
  /** For one mailbox. */
  readonly timeoutMs: number;
  readonly services: Services;
  readonly signal: AbortSignal;
}

/** What is looked for at one mailbox. */
export type Look<T> = (target: Target, context: Context) => Promise<T>;

/** Looks at all of them. `tell` gets what was seen in order, as soon as that before it is there, and how many have been looked at. */
export async function lookAtAll<T>(
  { targets, services, timeoutMs, signal }: Looks,
  look: Look<T>,
  tell: (seen: readonly T[], looked: number) => void,
): Promise<T[]> {
  services.roster.sightings.announce(targets.flatMap(({ address }) => (isGuid(address) ? [] : [address])));
  const queue = [...targets.entries()];
  const looked = new Map<number, { readonly seen: T }>();
  const all: T[] = [];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [place, target] = next;
      const deadline = Deadline.after(timeoutMs, signal);
      try {
        looked.set(place, { seen: await look(target, contextOf(target, services, deadline)) });
      } finally {
        deadline[Symbol.dispose]();
      }
      const told = all.length;
      for (let one = looked.get(told); one; one = looked.get(all.length)) all.push(one.seen);
      tell(all.slice(told), looked.size);
    }
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, queue.length) }, worker));
  return all;
}

function contextOf({ address }: Target, services: Services, deadline: Deadline): Context {
  const silent = () => {};
  return { ...services, urn: `doctor:${address}`, deadline, finishing: deadline, log: silent, progress: silent };
}

/** All that can be seen without changing anything. */
export async function examined(target: Target, context: Context): Promise<Report> {
  let row: MailboxRow | undefined;
  try {
    row = await seek(target, context);
    const phases = target.activate ? await phasesOf(row, target, context) : [[{ id: "find", ...good() } as const]];
    const address = isGuid(target.address) ? (row.emailaddress ?? target.address) : target.address;
    const drift = await driftFrom(target, row, context);
    return reportOf({ ...target, address }, row, phases, { environmentUrl: context.environmentUrl, drift });
  } catch (error) {
    const finding = error instanceof Fault ? findingOf(error, row ? "found" : "sought") : undefined;
    if (!finding) throw error;
    return reportWithout(target, { id: "find", ...finding });
  }
}

/** Inactive with its user, which nobody can change here, is none. */
async function driftFrom({ declared = {} }: Target, row: MailboxRow, context: Context): Promise<string[]> {
  const drift = driftOf(columns, row, declared);
  return drift.includes("enabled") && (await isIdle(row, context)) ? drift.filter((name) => name !== "enabled") : drift;
}

/** The row of a mailbox. */
export async function seek(target: Target, context: Context): Promise<MailboxRow> {
  const { address } = target;
  const { dataverse, deadline, environmentUrl } = context;
  if (!isGuid(address)) return findMailbox({ ...target, emailAddress: address }, context, deadline);
  const row = await dataverse.retrieve("mailboxes", address, deadline);
  if (row) return row;
  throw new Fault({
    kind: "not-found",
    what: `No mailbox has the id ${address} in ${environmentUrl}`,
    hint: "Give its address, or the id that stands in the URL of the mailbox's own page.",
  });
}

/** Kinds of faults that say nothing about other mailboxes, by whether this one was found. The others end the command. */
const ALONE: Readonly<Record<"found" | "sought", ReadonlySet<FaultKind>>> = {
  found: new Set(["not-found", "invalid-input", "conflict", "permission-denied", "failed-precondition", "unexpected"]),
  sought: new Set(["not-found", "invalid-input"]),
};

/** What one mailbox alone cannot be looked at for; undefined where the cause would be the same at every one. */
export function findingOf({ kind, account, hint }: Fault, moment: keyof typeof ALONE): Finding | undefined {
  const code = { found: "UNREADABLE", sought: "NOT_FOUND" } as const;
  return ALONE[moment].has(kind) ? found(code[moment], { message: account, hint }) : undefined;
}

/** The steps of an activation as far as they change nothing: what has to be right before, own logins, what Dynamics shows. */
async function phasesOf(
  row: MailboxRow,
  { expected }: Target,
  context: Context,
): Promise<readonly (readonly Step[])[]> {
  const { steps: before, profile } = await preconditions(row, expected ?? {}, context);
  const own = profile ? await ownChecks(row, profile, { credential: context.mailCredential }, context) : [];
  const shows = results(row);
  if (!hasFailed(shows)) return [before, own, shows];
  return [before, own, [...shows, await alerts(row, undefined, [...before, ...own, ...shows], context)]];
}
