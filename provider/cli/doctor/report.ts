import type { Code } from "../../codes/codes.ts";
import { EXIT } from "../../codes/exit.ts";
import type { MailboxRow } from "../../dataverse/tables.ts";
import { mailboxUrl } from "../../resources/mailbox/find.ts";
import { testedOn } from "../../resources/mailbox/status.ts";
import { verdictOf } from "../../resources/mailbox-activation/verdict.ts";
import { hasFailed, isBad, type Step, shown } from "../../schema/step.ts";
import { mailboxes } from "../amount.ts";
import type { Stored, Target } from "./target.ts";

/** What a mailbox can be, in the order in which they are counted: how it is shown, and how the command ends with it. */
export const STATUSES = {
  ok: { words: "ok", mark: "✔", color: "32", exit: "ok" },
  waiting: { words: "waiting", mark: "…", color: "33", exit: "ok" },
  failed: { words: "failed", mark: "✘", color: "31", exit: "failed" },
  unknown: { words: "unknown", mark: "?", color: "33", exit: "unknown" },
  notActivated: { words: "not activated", mark: "–", color: "2", exit: "ok" },
} as const;

export type Status = keyof typeof STATUSES;

/** The code that decides, and the step that tells most about it. */
export interface Decisive {
  readonly code: Code;
  readonly step: Step;
}

/** What a look at one mailbox has shown. */
export interface Report {
  readonly target: Target;
  readonly status: Status;
  /** Codes of what keeps it from being ok, the one that decides first. */
  readonly blockedBy: readonly Code[];
  /** Undefined where nothing is in the way. */
  readonly decisive?: Decisive | undefined;
  readonly steps: readonly Step[];
  /** The mailbox's page. */
  readonly webUrl?: string | undefined;
  /** When Dynamics' last test ended (RFC 3339, UTC). */
  readonly testedOn?: string | undefined;
  /** Properties that are not as declared. */
  readonly drift: readonly string[];
}

/** Of a mailbox that was found. Steps come in phases; what follows a phase that has failed is shown, and decides nothing. */
export function reportOf(
  target: Target,
  row: MailboxRow,
  phases: readonly (readonly Step[])[],
  { environmentUrl, drift }: { readonly environmentUrl: string; readonly drift: readonly string[] },
): Report {
  const end = phases.findIndex(hasFailed);
  const counted = (end < 0 ? phases : phases.slice(0, end + 1)).flat();
  const seen = target.activate ? decided(target, counted) : ({ status: "notActivated", blockedBy: [] } as const);
  const webUrl = mailboxUrl(environmentUrl, row.mailboxid);
  return { target, ...seen, steps: phases.flat(), webUrl, testedOn: testedOn(row), drift };
}

/** Of one that could not be looked at. */
export function reportWithout(target: Target, step: Step): Report {
  return { target, ...decided(target, [step]), steps: [step], drift: [] };
}

/** As a stack's state tells it, which holds codes; nobody is asked. */
export function reportStored(target: Target, { steps = [], testedOn, webUrl }: Stored): Report {
  const told = shown(steps, webUrl === undefined ? {} : { mailboxUrl: webUrl });
  const seen = target.activate ? decided(target, told) : ({ status: "notActivated", blockedBy: [] } as const);
  return { target, ...seen, steps: told, webUrl, testedOn, drift: [] };
}

type Decided = Pick<Report, "status" | "blockedBy" | "decisive">;

const SHOWN = { waiting: "waiting", failure: "failed", notTested: "unknown" } as const;

function decided({ tolerate }: Target, steps: readonly Step[]): Decided {
  const { status, blockedBy } = verdictOf(steps, tolerate);
  if (status !== "success") return { status: SHOWN[status], blockedBy, decisive: decisiveOf(steps, blockedBy) };
  // Dynamics shows success; what could not be looked at beside that is open all the same.
  const open = [...new Set(steps.flatMap(({ status, code }) => (status === "unknown" && code) || []))];
  if (open.length === 0) return { status: "ok", blockedBy: open };
  const known = open.every((code) => tolerate.includes(code));
  return { status: known ? "waiting" : "unknown", blockedBy: open, decisive: decisiveOf(steps, open) };
}

/** A failure of Dynamics says why in its alerts. */
function decisiveOf(steps: readonly Step[], [code]: readonly Code[]): Decisive | undefined {
  const bad = steps.filter(isBad);
  const alerts = code === "TEST_FAILED" ? bad.find(({ id }) => id === "alerts") : undefined;
  const step = alerts ?? bad.find((step) => step.code === code);
  return code && step && { code, step };
}

/** How long ago the test was, in milliseconds; clocks may differ, so never below zero. */
export function ageMs({ testedOn: moment }: Report): number | undefined {
  return moment === undefined ? undefined : Math.max(0, Date.now() - Date.parse(moment));
}

/** How many there are of each: `230 mailboxes: 223 ok, 5 waiting, 2 failed`. */
export function counted(reports: readonly Report[]): string {
  const counts = Object.entries(STATUSES).flatMap(([status, { words }]) => {
    const count = reports.filter((report) => report.status === status).length;
    return count > 0 ? [`${count} ${words}`] : [];
  });
  return `${mailboxes(reports.length)}: ${counts.join(", ")}`;
}

/** Whether somebody has to do something that is not known yet. */
export function isTrouble({ status }: Report): boolean {
  return STATUSES[status].exit !== "ok";
}

/** The worst of them decides how a command ends. */
export function exitOf(reports: readonly Report[]): number {
  const exits = reports.map(({ status }) => STATUSES[status].exit);
  return EXIT[(["failed", "unknown"] as const).find((exit) => exits.includes(exit)) ?? "ok"];
}
