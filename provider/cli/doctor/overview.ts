import { STEPS } from "../../codes/steps.ts";
import { mailboxes } from "../amount.ts";
import { type Cause, causesOf, type Hit } from "./causes.ts";
import { tested } from "./detail.ts";
import { counted, type Report, STATUSES } from "./report.ts";
import type { Screen } from "./screen.ts";
import { shownAs } from "./target.ts";

/** Most mailboxes that are named at a cause or a client. */
const MOST_NAMED = 10;

/** One of many mailboxes in a line: its code and where it was seen, else when it was tested. */
export function lineOf(report: Report, screen: Screen): string {
  const { target, status, decisive } = report;
  const rest = decisive ? [decisive.code, STEPS[decisive.step.id]] : [tested(report)];
  const words = status === "notActivated" ? [STATUSES[status].words] : rest;
  return screen.status(status, columns([shownAs(target), ...words]));
}

/** How many are told about, in which order: what is wrong, and what to do about it. */
export type Grouping = keyof typeof OVERVIEWS;

export const OVERVIEWS = {
  /** Each cause with the mailboxes that it hits. */
  cause: (reports: readonly Report[], screen: Screen) =>
    causesOf(reports).flatMap((cause) => [
      ...headOf(cause, screen),
      ...(cause.hit.length > 1 ? named(cause.hit, (hit) => listed(hit, screen), screen) : []),
    ]),

  /** Each client with its mailboxes that are not as they should be, then the causes. */
  client: (reports: readonly Report[], screen: Screen) => {
    const causes = causesOf(reports);
    const hits = causes.flatMap(({ hit }) => hit);
    const clients = [...new Set(reports.map(({ target }) => target.client))];
    const sections = clients.flatMap((client) => {
      const all = reports.filter(({ target }) => target.client === client);
      const hit = hits.filter(({ report }) => report.target.client === client);
      if (hit.length === 0) return [];
      return [
        "",
        screen.text(`${client ?? "no client"}: ${counted(all)}`, 0),
        ...named(hit, (one) => coded(one, screen), screen),
      ];
    });
    return [...sections, ...causes.flatMap((cause) => headOf(cause, screen))];
  },
} as const;

function headOf({ status, code, words, hint, hit }: Cause, screen: Screen): string[] {
  const [only, ...others] = hit;
  const whom = only && others.length === 0 ? shownAs(only.report.target) : mailboxes(hit.length);
  return ["", screen.status(status, `${code}, ${whom}: ${words}`), ...screen.hint(hint, 2)];
}

function listed({ report, own }: Hit, screen: Screen): string {
  return screen.text(columns([shownAs(report.target), ...own]), 4);
}

function coded({ report, own }: Hit, screen: Screen): string {
  const { status, target, decisive } = report;
  return screen.status(status, columns([shownAs(target), decisive?.code, ...own]), 2);
}

function named(hits: readonly Hit[], name: (hit: Hit) => string, screen: Screen): string[] {
  const left = hits.length - MOST_NAMED;
  return [...hits.slice(0, MOST_NAMED).map(name), ...(left > 0 ? [screen.text(`and ${left} more`, 4)] : [])];
}

function columns(texts: readonly (string | undefined)[]): string {
  return texts.filter(Boolean).join("  ");
}
