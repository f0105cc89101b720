import { labelOf, nextOf, type Step, seen } from "../../schema/step.ts";
import { STATUSES } from "../doctor/report.ts";
import type { Screen, Sign } from "../doctor/screen.ts";

const SIGNS: Readonly<Record<Step["status"], Sign>> = {
  ok: STATUSES.ok,
  failed: STATUSES.failed,
  unknown: STATUSES.unknown,
  skipped: STATUSES.notActivated,
};

/** A line for each step, `margin` columns in: what was looked at, in `words` what was seen, and below it what to do. */
export function stepLines(
  steps: readonly Step[],
  screen: Screen,
  margin: number,
  words: (step: Step) => string | undefined = seen,
): string[] {
  const width = Math.max(...steps.map((step) => labelOf(step).length));
  return steps.flatMap((step) => {
    const { status, code, ms } = step;
    const shownCode = code && status !== "skipped" && `(${code})`;
    const detail = [words(step), shownCode, ms !== undefined && `${ms} ms`].filter(Boolean).join(" ");
    const line = screen.signed(SIGNS[status], `${labelOf(step).padEnd(width)}  ${detail}`, margin, 4);
    return [line, ...screen.hint(nextOf(step), margin + 4)];
  });
}
