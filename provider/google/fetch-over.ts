import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";

/** `fetch` for Google's libraries, which only get tokens, over our one way out. */
export function fetchOver(network: Network, deadline: Deadline) {
  return async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const headers = Object.fromEntries(new Headers(init?.headers));
    const body = init?.body === undefined || init.body === null ? {} : { body: String(init.body) };
    const url = input instanceof Request ? input.url : String(input);
    const method = init?.method ?? "GET";
    const answer = await network.request({ effect: "signs-in", method, url, headers, ...body }, deadline);
    return new Response(answer.text, {
      status: answer.status,
      headers: { "content-type": answer.headers["content-type"] ?? "application/json" },
    });
  };
}
