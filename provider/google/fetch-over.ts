import type { Deadline } from "../network/deadline.ts";
import type { HttpRequest, HttpResponse, Network } from "../network/network.ts";

/** What a library asks for; what it does to the other side is for us to say. */
type Asked = Required<Pick<HttpRequest, "url" | "method" | "headers">> & Pick<HttpRequest, "body">;

/** `fetch` for what Google's libraries ask to get tokens, over our one way out. */
export function fetchOver(network: Network, deadline: Deadline) {
  return fetchBy((asked) => network.request({ effect: "signs-in", ...asked }, deadline));
}

/** `fetch` for Google's libraries, over what the caller sends by. */
export function fetchBy(send: (asked: Asked) => Promise<HttpResponse>) {
  return async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    // What comes back compressed stays so on our way out.
    const { "accept-encoding": _, ...headers } = Object.fromEntries(new Headers(init?.headers));
    const body = init?.body === undefined || init.body === null ? {} : { body: String(init.body) };
    const url = input instanceof Request ? input.url : String(input);
    const answer = await send({ method: init?.method ?? "GET", url, headers, ...body });
    return new Response(answer.text, {
      status: answer.status,
      headers: { "content-type": answer.headers["content-type"] ?? "application/json" },
    });
  };
}
