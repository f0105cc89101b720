import { seen } from "../../schema/step.ts";
import { stepLines } from "../steps/lines.ts";
import { ago } from "./ago.ts";
import { ageMs, type Report, STATUSES } from "./report.ts";
import type { Screen } from "./screen.ts";
import { shownAs } from "./target.ts";

/** One mailbox with all its steps. */
export function detailOf(report: Report, screen: Screen): string {
  const { target, status, steps } = report;
  const head = [`${shownAs(target)}: ${STATUSES[status].words}`, tested(report)].filter(Boolean).join(", ");
  return [screen.status(status, head), ...stepLines(steps, screen, 2, (step) => screen.once(seen(step)))].join("\n");
}

/** `tested 3 days ago`; undefined where there was no test. */
export function tested(report: Report): string | undefined {
  const age = ageMs(report);
  return age === undefined ? undefined : `tested ${ago(age)}`;
}
