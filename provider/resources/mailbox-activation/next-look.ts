import { Fault } from "../../fault.ts";
import type { Deadline } from "../../network/deadline.ts";
import { isUnanswered } from "../../network/transport-fault.ts";

export interface Wait {
  /** What is waited for, as the beginning of a sentence. */
  readonly what: string;
  /** When it has begun, in milliseconds since 1970. */
  readonly started: number;
  /** Milliseconds between two looks of the first half minute. */
  readonly beat: number;
}

const LONG_MS = 30_000;
const LONG_BEAT_MS = 5000;

/**
 * What is seen at the next look. Looks fall on the same beats for all that wait, so that one request serves them all. One that nobody answers
 * has shown nothing yet, as long as there is time; the end tells of it.
 */
export async function nextLook<T>(
  { what, started, beat }: Wait,
  deadline: Deadline,
  look: () => Promise<T>,
): Promise<T> {
  let lost: Fault | undefined;
  for (;;) {
    const now = Date.now();
    const apart = now - started >= LONG_MS ? LONG_BEAT_MS : beat;
    try {
      await deadline.sleep(apart - (now % apart), what);
      return await look();
    } catch (error) {
      // Who is throttled would be so for longer than there is time.
      if (!(error instanceof Fault) || !isUnanswered(error) || error.kind === "throttled") throw error;
      if (deadline.remaining === 0) throw lost ? endedWith(lost, deadline.fault(what)) : error;
      // Why there was no answer says more than that it took long.
      if (!lost || error.kind !== "deadline-exceeded") lost = error;
    }
  }
}

function endedWith(lost: Fault, { kind, account }: Fault): Fault {
  return new Fault({ kind, what: account, reason: lost.account, cause: lost });
}
