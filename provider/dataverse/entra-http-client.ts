import type { HttpClient } from "@azure/core-rest-pipeline";
import { Fault } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import type { HttpResponse, Network } from "../network/network.ts";
import { retryAfter } from "../network/retry-after.ts";
import { isPassing } from "../network/transport-fault.ts";

/** What became of the last request; the library wraps or drops it. */
export interface LastAnswer {
  answer?: HttpResponse;
  fault?: Fault;
}

/** Asking for a token twice does no harm. */
const ATTEMPTS = 3;
const BACKOFF_MS = 500;

/**
 * The HTTP client of @azure/identity, over our way out: connect-to map, CA file and proxy count for it too. It repeats what may pass while
 * there is time: the library would wait for as long as it is asked to, and forget why.
 */
export async function entraHttpClient(network: Network, deadline: Deadline, last: LastAnswer): Promise<HttpClient> {
  const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
  return {
    async sendRequest(request) {
      const { method, url, body } = request;
      const given = { method, url, headers: request.headers.toJSON(), ...(typeof body === "string" && { body }) };
      for (let attempt = 1; ; attempt++) {
        const result = await network.request(given, deadline).catch(asFault);
        const pause = attempt < ATTEMPTS ? pauseAfter(result, attempt) : undefined;
        if (pause !== undefined && pause < deadline.remaining) {
          if (result instanceof Fault) last.fault = result;
          await deadline.sleep(pause, `${method} ${new URL(url).origin}`);
          continue;
        }
        if (result instanceof Fault) {
          // Why there was no answer says more than that the time was over.
          if (deadline.remaining > 0 || !last.fault) last.fault = result;
          throw last.fault;
        }
        last.answer = result;
        delete last.fault;
        const { status, headers, text: bodyAsText } = result;
        return { request, status, headers: createHttpHeaders({ ...headers }), bodyAsText };
      }
    },
  };
}

/** Milliseconds before the next try; undefined where another one brings nothing else. */
function pauseAfter(result: HttpResponse | Fault, attempt: number): number | undefined {
  const backoff = BACKOFF_MS * attempt;
  if (result instanceof Fault) return isPassing(result) ? backoff : undefined;
  return isBusy(result.status) ? Math.max(retryAfter(result.headers["retry-after"]) ?? 0, backoff) : undefined;
}

/** Throttled or out of order: it may pass. */
export function isBusy(status: number): boolean {
  return status === 429 || status >= 500;
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}
