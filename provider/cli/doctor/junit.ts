import type { EXITS } from "../../codes/exit.ts";
import { nextOf, seen } from "../../schema/step.ts";
import { junit, type Result } from "../junit.ts";
import type { Parts } from "../parts.ts";
import { type Report, STATUSES } from "./report.ts";
import { shownAs } from "./target.ts";

/** What a test case of a mailbox holds; one that is ok holds nothing. */
const ELEMENTS = {
  ok: undefined,
  waiting: "skipped",
  failed: "failure",
  unknown: "error",
  notActivated: "skipped",
} as const;

/** A test case for each mailbox. */
export function junitOf(reports: readonly Report[], command: keyof typeof EXITS = "doctor"): Parts {
  return junit(
    `gmailsync ${command}`,
    reports.map((report) => ({
      name: shownAs(report.target),
      classname: report.target.client ?? "mailboxes",
      result: resultOf(report),
    })),
  );
}

function resultOf({ status, decisive }: Report): Result | undefined {
  const element = ELEMENTS[status];
  if (!element) return undefined;
  const code = decisive?.code;
  const message = [code, decisive ? seen(decisive.step) : STATUSES[status].words].filter(Boolean).join(": ");
  return { element, message, type: code ?? status, text: (decisive && nextOf(decisive.step)) ?? "" };
}
