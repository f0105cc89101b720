import { Fault } from "../../fault.ts";
import type { Services } from "../../host/configuration.ts";
import type { Deadline } from "../../network/deadline.ts";
import { isUnanswered, transportReason } from "../../network/transport-fault.ts";
import { type Finding, found } from "../../schema/step.ts";
import type { Declared } from "./declared.ts";

/** What all probes look with. They have one deadline together. */
export interface Surroundings {
  readonly services: Services;
  readonly environment: NodeJS.ProcessEnv;
  /** Undefined where no file or stack was named. */
  readonly declared: Declared | undefined;
  readonly deadline: Deadline;
}

/** A look that asks somebody: no answer is unknown, by what kept it from coming; what a refusal means is said by `refused`. */
export async function asking(
  look: () => Finding | Promise<Finding>,
  refused: (fault: Fault) => Finding = notSeen,
): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return isUnanswered(error) ? unanswered(error) : refused(error);
  }
}

function unanswered(fault: Fault): Finding {
  const { kind, account, hint } = fault;
  if (kind === "deadline-exceeded") return found("TIMEOUT", { message: account });
  return found(transportReason(fault)?.code ?? "NOT_SEEN", { message: account, hint });
}

/** What could not be looked at, and what the other side said. */
export function notSeen({ account, hint }: Fault): Finding {
  return found("NOT_SEEN", { message: account, hint });
}
