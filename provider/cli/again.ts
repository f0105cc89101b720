import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../fault.ts";
import { isUnanswered } from "../network/transport-fault.ts";
import { say } from "./output.ts";

/**
 * Looks again and again, with pauses in milliseconds before, until a look says that it was the last, or until Ctrl-C. That nobody answers is
 * told, and the next look asks again.
 */
export async function again(
  command: string,
  pause: number,
  stop: AbortSignal,
  look: () => Promise<boolean>,
): Promise<void> {
  for (let isLast = false; !isLast; ) {
    await sleep(pause, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return;
    try {
      isLast = await look();
    } catch (error) {
      if (stop.aborted) return;
      if (!(error instanceof Fault && isUnanswered(error))) throw error;
      say(`gmailsync ${command}: ${error.message}`);
    }
  }
}
