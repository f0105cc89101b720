import { Deadline } from "../network/deadline.ts";

/** Longest time for writes that cancellation does not cut short, in milliseconds. The engine kills after 5 s of grace. */
const FINISHING_MS = 60_000;

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
        const finishing = Deadline.after(FINISHING_MS);
        started.push(finishing);
        return finishing;
      },
    });
  } finally {
    for (const one of started) one[Symbol.dispose]();
  }
}
