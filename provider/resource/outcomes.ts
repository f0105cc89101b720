import type { Code } from "../codes/codes.ts";
import type { FaultKind } from "../codes/kinds.ts";
import { Fault } from "../fault.ts";

/** How a resource has come out of this run, or was seen in it. */
export interface RunOutcome {
  readonly status: "success" | "waiting" | "failure" | "notTested";
  /** Why it is no success: codes, or the kind of the error. */
  readonly codes: readonly (Code | FaultKind)[];
}

/** What the provider remembers of a run, by URN, for those who count: a resource that fails tells its program nothing. */
export class Outcomes {
  readonly #outcomes = new Map<string, RunOutcome>();

  tell(urn: string, outcome: RunOutcome): void {
    this.#outcomes.set(urn, outcome);
  }

  /** One that failed for a reason which its handler has not told. */
  failed(urn: string, cause: unknown): void {
    if (this.#outcomes.get(urn)?.status === "failure") return;
    this.tell(urn, { status: "failure", codes: [cause instanceof Fault ? cause.kind : "unexpected"] });
  }

  of(urn: string): RunOutcome | undefined {
    return this.#outcomes.get(urn);
  }
}
