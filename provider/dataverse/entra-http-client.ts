import type { HttpClient } from "@azure/core-rest-pipeline";
import { Fault } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import type { HttpResponse, Network } from "../network/network.ts";
import { askPatiently } from "../network/patient.ts";

/** What became of the last request; the library wraps or drops it. */
export interface LastAnswer {
  answer?: HttpResponse;
  url?: string;
  fault?: Fault;
}

/**
 * The HTTP client of @azure/identity, over our way out: connect-to map, CA file and proxy count for it too, and so do our repeats: the
 * library would wait for as long as it is asked to, and forget why.
 */
export async function entraHttpClient(network: Network, deadline: Deadline, last: LastAnswer): Promise<HttpClient> {
  const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
  return {
    async sendRequest(request) {
      const { method, url, body } = request;
      const given = {
        effect: "signs-in",
        method,
        url,
        headers: request.headers.toJSON(),
        ...(typeof body === "string" && { body }),
      } as const;
      last.url = url;
      try {
        const answer = await askPatiently(network, given, deadline);
        const { status, headers, text } = answer;
        last.answer = answer;
        return { request, status, headers: createHttpHeaders({ ...headers }), bodyAsText: text };
      } catch (error) {
        if (error instanceof Fault) last.fault = error;
        throw error;
      }
    },
  };
}
