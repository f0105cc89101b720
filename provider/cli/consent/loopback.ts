import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { documentOf, policyOf } from "../page/document.ts";
import { html, prose } from "../page/markup.ts";

/** What Google's page has sent the browser back with. */
export interface Answer {
  readonly code: string | undefined;
  /** Such as `access_denied` (RFC 6749 section 4.1.2.1). */
  readonly error: string | undefined;
  /** Tells the user in the browser how it went on. */
  tell(title: string, words: string): void;
}

/** A place on loopback where the browser comes back to (RFC 8252 section 7.3). */
export interface Loopback {
  readonly redirectUri: string;
  /** The first answer that has this state; others are turned away. */
  answer(state: string): Promise<Answer>;
  close(): Promise<void>;
}

/** How long an answer may take to go out, in milliseconds. */
const DELIVERY_MS = 1000;

/** Listens on 127.0.0.1 only. Port 0 is a free one. */
export async function listen(port: number): Promise<Loopback> {
  let waiting: { readonly state: string; readonly resolve: (answer: Answer) => void } | undefined;
  let gone: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    const query = isOwn(request) ? URL.parse(request.url ?? "/", "http://127.0.0.1")?.searchParams : undefined;
    if (!query || !waiting || query.get("state") !== waiting.state)
      return reply(response, 403, "Not for here", "This page is for the answer of one sign-in only.");
    const answered = waiting;
    waiting = undefined;
    answered.resolve({
      code: query.get("code") ?? undefined,
      error: query.get("error") ?? undefined,
      tell: (title, words) => {
        gone = once(response, "close");
        reply(response, 200, title, words);
      },
    });
  });
  const isOwn = ({ headers, method }: IncomingMessage) => method === "GET" && headers.host === `127.0.0.1:${bound}`;
  const bound = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  return {
    redirectUri: `http://127.0.0.1:${bound}`,
    answer: (state) =>
      new Promise((resolve) => {
        waiting = { state, resolve };
      }),
    // A browser opens connections that it sends nothing by, and keeps others: nothing but the answer is waited for.
    close: () =>
      new Promise((resolve) => {
        const end = () => server.closeAllConnections();
        const late = setTimeout(end, DELIVERY_MS);
        void gone.then(end);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
      }),
  };
}

function reply(response: ServerResponse, status: number, title: string, words: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": `${policyOf("", undefined)}; frame-ancestors 'none'`,
    connection: "close",
  });
  response.end([...documentOf({ title, main: [html`<p role="status">${prose(words)}</p>`] })].join(""));
}
