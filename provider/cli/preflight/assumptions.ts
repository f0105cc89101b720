import { ASSUMPTIONS } from "../../../sandbox/assumptions/table.ts";
import { remoteText } from "../../fault.ts";
import type { Look } from "../../resource/looks.ts";
import { type Finding, found, good, skipped } from "../../schema/step.ts";
import { ownOf } from "../../values.ts";
import { QUESTIONS, type Question } from "./assumption-questions.ts";
import { asking, type Surroundings } from "./surroundings.ts";

/** What the sandbox assumes, held against a real environment as far as that can be done by looking. */
export function assumptionLooks(surroundings: Surroundings): readonly Look[] {
  return ASSUMPTIONS.flatMap(({ assumptions }) => assumptions).map(({ id }): Look => {
    const question = ownOf(QUESTIONS, id);
    return { id: "assumption", of: id, look: () => (question ? answerOf(question, surroundings) : HIDDEN) };
  });
}

const HIDDEN = skipped("ASSUMPTION_HIDDEN");

/** What goes wrong is told by its code alone, as messages name the environment. */
async function answerOf(question: Question, { services, deadline }: Surroundings): Promise<Finding> {
  const finding = await asking(
    async () => {
      const seen = await question({ ...services, deadline });
      if (!seen) return HIDDEN;
      const message = remoteText(seen.what);
      return seen.holds ? good({ message }) : found("ASSUMPTION_DIFFERENT", { message });
    },
    () => HIDDEN,
  );
  const answered = finding.status === "ok" || finding.code === "ASSUMPTION_DIFFERENT";
  return answered || finding === HIDDEN ? finding : skipped("ASSUMPTION_HIDDEN", `no answer: ${finding.code}`);
}
