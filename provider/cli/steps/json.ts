import { STEPS } from "../../codes/steps.ts";
import { nextOf, type Step, seen } from "../../schema/step.ts";

/** A step with the words that people see; a stored one has none. */
export function stepJson(step: Step) {
  return {
    id: step.id,
    of: step.of,
    label: STEPS[step.id],
    status: step.status,
    code: step.code,
    message: seen(step),
    said: step.said,
    hint: nextOf(step),
    ms: step.ms,
  };
}
