import { Deadline } from "../network/deadline.ts";

/**
 * What writes have at least, in milliseconds, when the operation's own time is nearly over or it is cancelled: one try and its answer. The
 * engine waits for them after a first signal, and ends at once with a second one.
 */
const FINISHING_MS = 30_000;

/** The two deadlines of one operation. */
export interface Budget {
  readonly deadline: Deadline;
  /** Another one with each use, since the writes may come after a long wait. */
  readonly finishing: Deadline;
}

/** Gives an operation its budget, and clears it away afterwards. */
export async function withBudget<T>(
  seconds: number,
  signal: AbortSignal | undefined,
  work: (budget: Budget) => Promise<T>,
): Promise<T> {
  const deadline = Deadline.after(seconds * 1000, signal);
  const started = [deadline];
  try {
    return await work({
      deadline,
      get finishing() {
        const finishing = Deadline.after(Math.max(deadline.remaining, FINISHING_MS));
        deadline.signal.addEventListener("abort", () => finishing.endWithin(FINISHING_MS), { once: true });
        started.push(finishing);
        return finishing;
      },
    });
  } finally {
    for (const one of started) one[Symbol.dispose]();
  }
}
