import type { HttpClient } from "@azure/core-rest-pipeline";
import { Fault } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { isPassing } from "../network/transport-fault.ts";

/** What became of the last request; the library wraps or drops it. */
export interface LastAnswer {
  status?: number;
  fault?: Fault;
}

/** Attempts to get an answer at all. Asking for a token twice does no harm. */
const ATTEMPTS = 3;
const BACKOFF_MS = 250;

/** The HTTP client of @azure/identity, over our way out: connect-to map, CA file and proxy count for it too. */
export async function entraHttpClient(network: Network, deadline: Deadline, last: LastAnswer): Promise<HttpClient> {
  const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
  return {
    async sendRequest(request) {
      const { method, url, body } = request;
      for (let attempt = 1; ; attempt++) {
        try {
          const answer = await network.request(
            { method, url, headers: request.headers.toJSON(), ...(typeof body === "string" && { body }) },
            deadline,
          );
          last.status = answer.status;
          return {
            request,
            status: answer.status,
            headers: createHttpHeaders({ ...answer.headers }),
            bodyAsText: answer.text,
          };
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          last.fault = error;
          if (!isPassing(error) || attempt === ATTEMPTS) throw error;
          await deadline.sleep(BACKOFF_MS * attempt, `${method} ${new URL(url).origin}`);
          delete last.fault;
        }
      }
    },
  };
}
