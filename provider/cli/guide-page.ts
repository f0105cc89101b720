import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { mask } from "../redaction/secrets.ts";
import { GUIDE_SCRIPT } from "./guide-page-script.ts";
import { type Guided, isProven, told } from "./guide-plan.ts";
import { documentOf, policyOf } from "./page/document.ts";
import { html } from "./page/markup.ts";
import { piecesOf } from "./page/pieces.ts";

/** A page on loopback that shows the steps and their proofs as they come in. */
export interface GuidePage {
  readonly url: string;
  /** What the page shows from now on. `done` ends its questions. */
  show(clients: readonly Guided[], done: boolean): void;
  /** Resolves when the page has shown the end. */
  readonly seen: Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the page on a free port of 127.0.0.1, below a path that nobody can guess, for this machine's own name only: another
 * page in the same browser must not be able to read it (DNS rebinding). It never holds a secret.
 */
export async function serveGuide(): Promise<GuidePage> {
  const base = `/${randomBytes(16).toString("base64url")}/`;
  let state = JSON.stringify(stateOf([], false));
  let done = false;
  let tellSeen = () => {};
  const seen = new Promise<void>((resolve) => {
    tellSeen = resolve;
  });
  const server = createServer((request, response) => {
    if (!isOwn(request)) return void answer(response, 403, "text/plain", "");
    if (request.url === base) return void answer(response, 200, "text/html", PAGE);
    if (request.url !== `${base}state`) return void answer(response, 404, "text/plain", "");
    const last = done;
    response.on("finish", () => last && tellSeen());
    answer(response, 200, "application/json", state);
  });
  const isOwn = ({ headers, method }: IncomingMessage) => method === "GET" && headers.host === `127.0.0.1:${port}`;
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  return {
    url: `http://127.0.0.1:${port}${base}`,
    show(clients, isDone) {
      done = isDone;
      state = mask(JSON.stringify(stateOf(clients, done)));
    },
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What the page draws. */
function stateOf(clients: readonly Guided[], done: boolean): object {
  return { done, proven: clients.filter(isProven).length, clients: clients.map(shown) };
}

function shown({ name, projectId, clientId, steps }: Guided) {
  return {
    title: name ?? projectId,
    about: [
      { label: "Project", value: projectId },
      { label: "Client", value: clientId ?? "not made yet" },
    ],
    steps: steps.map(({ id, title, url, values, proof }) => ({
      id,
      title: piecesOf(title),
      url,
      values,
      status: proof?.probe.status,
      said: proof && piecesOf(told(proof)),
    })),
  };
}

/** Everything from outside is set as text by its script, never as markup. */
const PAGE = [
  ...documentOf({
    title: "Google's console, step by step",
    lead: html`<p id="state" class="quiet" role="status"></p>
<progress id="progress" aria-label="clients that are proven" max="1" value="0" hidden></progress>`,
    main: [html`<div id="clients"></div>`],
    script: GUIDE_SCRIPT,
    asks: "'self'",
  }),
].join("");

const POLICY = `${policyOf(GUIDE_SCRIPT, "'self'")}; frame-ancestors 'none'`;

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}
