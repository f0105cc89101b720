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
  /** Who waits, by the codes, with their number in line. */
  readonly #waiting = new Map<string, Map<string, number>>();

  tell(urn: string, outcome: RunOutcome): void {
    this.#outcomes.set(urn, outcome);
  }

  /** One that failed for a reason which its handler has not told. */
  failed(urn: string, cause: unknown): void {
    if (this.#outcomes.get(urn)?.status === "failure") return;
    this.tell(urn, { status: "failure", codes: [cause instanceof Fault ? cause.kind : "unexpected"] });
  }

  /** How many others wait for the same that were told before this one. */
  waits(mailboxId: string, codes: readonly Code[]): number {
    const key = codes.join(" ");
    const line = this.#waiting.get(key) ?? new Map<string, number>();
    this.#waiting.set(key, line);
    const number = line.get(mailboxId) ?? line.size;
    line.set(mailboxId, number);
    return number;
  }

  of(urn: string): RunOutcome | undefined {
    return this.#outcomes.get(urn);
  }
}
