import { type Code, rowOf } from "../../codes/codes.ts";
import { FACTS } from "../../codes/row.ts";
import { nextOf, seen } from "../../schema/step.ts";
import type { Decisive, Report, Status } from "./report.ts";

/** What is wrong with one mailbox, or with many. */
export interface Cause {
  readonly status: Status;
  readonly code: Code;
  /** What was seen, as far as it is the same for all. */
  readonly words: string;
  readonly hint: string | undefined;
  readonly hit: readonly Hit[];
}

export interface Hit {
  readonly report: Report;
  /** What is this mailbox's alone: the page that the hint speaks of, and the other side's words. */
  readonly own: readonly string[];
}

type Blocked = Report & { readonly decisive: Decisive };

const URGENCY: readonly Status[] = ["failed", "unknown", "waiting"];

/** What is in the way of these, the most urgent first, then what hits most. */
export function causesOf(reports: readonly Report[]): Cause[] {
  const groups = new Map<string, Blocked[]>();
  for (const report of reports) {
    if (!isBlocked(report)) continue;
    const key = JSON.stringify([report.status, report.decisive.code, hintForAll(report)]);
    const group = groups.get(key);
    if (group) group.push(report);
    else groups.set(key, [report]);
  }
  return [...groups.values()]
    .flatMap(causeOf)
    .sort((a, b) => URGENCY.indexOf(a.status) - URGENCY.indexOf(b.status) || b.hit.length - a.hit.length);
}

function isBlocked(report: Report): report is Blocked {
  return report.decisive !== undefined;
}

function causeOf([first, ...others]: readonly Blocked[]): Cause[] {
  if (!first) return [];
  const { status, decisive } = first;
  const { code, step } = decisive;
  const words = seen(step);
  const alike = others.every((other) => seen(other.decisive.step) === words);
  const alone = others.length === 0;
  return [
    {
      status,
      code,
      words: (alike && words) || rowOf(code).words,
      hint: alone ? nextOf(step) : hintForAll(first),
      hit: [first, ...others].map((report) => ({ report, own: alone ? [] : ownOf(report, alike) })),
    },
  ];
}

/** The hint without the page of the one mailbox. */
function hintForAll({ decisive, webUrl }: Blocked): string | undefined {
  const hint = nextOf(decisive.step);
  return webUrl ? hint?.replaceAll(webUrl, FACTS.mailboxUrl) : hint;
}

function ownOf({ decisive, webUrl }: Blocked, alike: boolean): string[] {
  const page = webUrl && nextOf(decisive.step)?.includes(webUrl) ? [webUrl] : [];
  return decisive.step.said && !alike ? [...page, decisive.step.said] : page;
}
