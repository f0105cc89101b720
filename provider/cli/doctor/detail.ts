import { STEPS } from "../../codes/steps.ts";
import { nextOf, type Step, seen } from "../../schema/step.ts";
import { ago } from "./ago.ts";
import { ageMs, type Report, STATUSES } from "./report.ts";
import type { Screen, Sign } from "./screen.ts";

const SIGNS: Readonly<Record<Step["status"], Sign>> = {
  ok: STATUSES.ok,
  failed: STATUSES.failed,
  unknown: STATUSES.unknown,
  skipped: STATUSES.notActivated,
};

/** One mailbox with all its steps. */
export function detailOf(report: Report, screen: Screen): string {
  const { target, status, steps } = report;
  const width = Math.max(...steps.map(({ id }) => STEPS[id].length));
  const head = [`${target.address}: ${STATUSES[status].words}`, tested(report)].filter(Boolean).join(", ");
  return [screen.status(status, head), ...steps.flatMap((step) => linesOf(step, width, screen))].join("\n");
}

function linesOf(step: Step, width: number, screen: Screen): string[] {
  const { id, status, code, ms } = step;
  const shownCode = code && status !== "skipped" && `(${code})`;
  const detail = [screen.once(seen(step)), shownCode, ms !== undefined && `${ms} ms`].filter(Boolean).join(" ");
  const line = screen.signed(SIGNS[status], `${STEPS[id].padEnd(width)}  ${detail}`, 2, 4);
  return [line, ...screen.hint(nextOf(step), 6)];
}

/** `tested 3 days ago`; undefined where there was no test. */
export function tested(report: Report): string | undefined {
  const age = ageMs(report);
  return age === undefined ? undefined : `tested ${ago(age)}`;
}
