import type { Facts } from "../codes/codes.ts";
import { type Finding, type Step, skipped } from "../schema/step.ts";

/** One thing to look at: a step that nobody has seen yet. What is thrown ends them all; what it found is its finding. */
export interface Look extends Pick<Step, "id" | "of"> {
  readonly look: () => Finding | Promise<Finding>;
}

/** One after the other. Nothing more is looked at after one that stops. */
export async function inOrder(
  looks: readonly Look[],
  stops: (step: Step) => boolean,
  facts: Facts = {},
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const { look, ...named } of looks) {
    const stopped = steps.some(stops);
    steps.push({ ...named, facts, ...(stopped ? skipped("AFTER_FAILURE") : await look()) });
  }
  return steps;
}

/** All at once, in their order. */
export function sideBySide(looks: readonly Look[]): Promise<readonly Step[]> {
  return Promise.all(looks.map(async ({ look, ...named }) => ({ ...named, ...(await look()) })));
}
