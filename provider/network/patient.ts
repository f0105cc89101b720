import { Fault } from "../fault.ts";
import type { Deadline } from "./deadline.ts";
import type { HttpRequest, HttpResponse, Network } from "./network.ts";
import { retryAfter } from "./retry-after.ts";
import { isPassing } from "./transport-fault.ts";

const ATTEMPTS = 3;
const BACKOFF_MS = 500;

/**
 * A request that does no harm twice. After failures that may pass, throttling and outages it is sent again, three times in all, as far as
 * there is time; `Retry-After` is kept to, and `busy` says which answers these are. What came last is the answer, of whatever status, or the Fault.
 */
export async function askPatiently(
  network: Network,
  request: HttpRequest,
  deadline: Deadline,
  busy: (answer: HttpResponse) => boolean = ({ status }) => isBusy(status),
): Promise<HttpResponse> {
  let lost: Fault | undefined;
  for (let attempt = 1; ; attempt++) {
    const result = await network.request(request, deadline).catch(asFault);
    const again = result instanceof Fault ? isPassing(result) : busy(result);
    const pause = again && attempt < ATTEMPTS ? pauseAfter(result, attempt) : undefined;
    const isLast = pause === undefined || pause >= deadline.remaining;
    // Why there was no answer says more than that the time was over, which a timer may find a moment before the clock does.
    const isOver = deadline.remaining === 0 || (result instanceof Fault && result.kind === "deadline-exceeded");
    if (result instanceof Fault && (!isOver || !lost)) lost = result;
    if (!isLast) await deadline.sleep(pause, `${request.method} ${new URL(request.url).origin}`);
    else if (result instanceof Fault) throw lost ?? result;
    else return result;
  }
}

/** Throttled or out of order: it may pass. */
export function isBusy(status: number): boolean {
  return status === 429 || status >= 500;
}

/** Milliseconds before the next try. */
function pauseAfter(result: HttpResponse | Fault, attempt: number): number {
  const asked = result instanceof Fault ? undefined : retryAfter(result.headers);
  return Math.max(asked ?? 0, BACKOFF_MS * attempt);
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}
