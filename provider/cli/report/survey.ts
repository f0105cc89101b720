import type { Room } from "../../fleet/rooms.ts";
import type { Report } from "../doctor/report.ts";

/** Everything that one look at many mailboxes has shown. */
export interface Survey {
  /** Undefined where a stack does not tell it. */
  readonly environmentUrl: string | undefined;
  /** When (RFC 3339, UTC). */
  readonly at: string;
  /** Whether Dynamics was asked, or a stack's state told what it had seen last. */
  readonly from: "Dynamics" | "state";
  readonly reports: readonly Report[];
  readonly rooms: readonly Room[];
}

/** What a survey is called. */
export function titleOf({ environmentUrl }: Survey): string {
  return environmentUrl === undefined ? "Mailboxes" : `Mailboxes of ${new URL(environmentUrl).host}`;
}

/** When and how it was looked. */
export function originOf({ at, from }: Survey): string {
  const moment = `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
  return from === "Dynamics"
    ? `As Dynamics showed it on ${moment}.`
    : `As the stack's state tells it, which was read on ${moment}; it knows no drift, and what came since.`;
}

const DAY_MS = 86_400_000;

/** How old tests are, the youngest first; each counts in the first row that it fits. */
const AGES = [
  ["less than a day", DAY_MS],
  ["1 to 7 days", 7 * DAY_MS],
  ["7 to 30 days", 30 * DAY_MS],
  ["older", Number.POSITIVE_INFINITY],
] as const;

/** How many tests are how old. */
export function agesOf({ at, reports }: Survey): readonly { readonly words: string; readonly count: number }[] {
  const ages = reports.map(({ testedOn }) =>
    testedOn === undefined ? undefined : Date.parse(at) - Date.parse(testedOn),
  );
  const rows = AGES.map(([words]) => ({
    words,
    count: ages.filter((age) => age !== undefined && rowOf(age) === words).length,
  }));
  return [...rows, { words: "never tested", count: ages.filter((age) => age === undefined).length }];
}

function rowOf(age: number): string | undefined {
  return AGES.find(([, limit]) => age < limit)?.[0];
}
