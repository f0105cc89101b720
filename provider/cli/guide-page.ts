import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { mask } from "../redaction/secrets.ts";
import { type Guided, told } from "./guide-plan.ts";

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
  const nonce = randomBytes(16).toString("base64url");
  let state = JSON.stringify({ done: false, clients: [] });
  let done = false;
  let tellSeen = () => {};
  const seen = new Promise<void>((resolve) => {
    tellSeen = resolve;
  });
  const server = createServer((request, response) => {
    if (!isOwn(request)) return void answer(response, 403, "text/plain", "");
    if (request.url === base) return void answer(response, 200, "text/html", page(nonce), nonce);
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
      state = mask(JSON.stringify({ done, clients: clients.map(shown) }));
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
function shown({ projectId, clientId, steps }: Guided) {
  return {
    title: `Project ${projectId}, ${clientId ? `client ${clientId}` : "a new client"}`,
    steps: steps.map(({ title, url, values, proof }) => ({
      title,
      url,
      values,
      status: proof?.probe.status,
      said: proof && told(proof),
    })),
  };
}

function answer(response: ServerResponse, status: number, type: string, body: string, nonce = ""): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    "content-security-policy": `default-src 'none'; connect-src 'self'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

/** Everything from outside is set as text, never as markup. */
function page(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>gmailsync guide</title>
<style nonce="${nonce}">
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h2 { overflow-wrap: anywhere; }
  li { margin: .8rem 0; padding-left: .3rem; }
  li[data-status=ok]::marker { content: "✔ "; color: #188038; }
  li[data-status=failed]::marker { content: "✘ "; color: #d93025; }
  li[data-status=unknown]::marker { content: "? "; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .3rem 0; }
  dd { margin: 0; display: flex; gap: .5rem; align-items: baseline; }
  code { overflow-wrap: anywhere; }
  button { font: inherit; padding: 0 .6rem; cursor: pointer; }
  #state { color: GrayText; }
</style>
<h1>Google's console, step by step</h1>
<p id="state" role="status"></p>
<main></main>
<script nonce="${nonce}">
  const make = (name, text, ...children) => {
    const node = document.createElement(name);
    if (text) node.textContent = text;
    node.append(...children);
    return node;
  };
  const copy = (value) => {
    const button = make("button", "Copy");
    button.ariaLabel = "Copy " + value;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(value);
      button.textContent = "Copied";
    });
    return button;
  };
  const step = ({ title, url, values, status, said }) => {
    const link = url && make("a", title);
    if (link) Object.assign(link, { href: url, target: "_blank", rel: "noreferrer" });
    const item = make("li", "", link || title);
    if (status) item.dataset.status = status;
    const list = make("dl");
    for (const { label, value } of values) list.append(make("dt", label), make("dd", "", make("code", value), copy(value)));
    item.append(list);
    if (said) item.append(make("p", said));
    return item;
  };
  let drawn = "";
  async function look() {
    let state;
    try {
      state = await (await fetch("state")).json();
    } catch {
      document.querySelector("#state").textContent = "gmailsync has ended; run it again to go on.";
      return;
    }
    const text = JSON.stringify(state.clients);
    if (text !== drawn) {
      drawn = text;
      document.querySelector("main").replaceChildren(
        ...state.clients.map(({ title, steps }) => make("section", "", make("h2", title), make("ol", "", ...steps.map(step)))),
      );
    }
    document.querySelector("#state").textContent = state.done
      ? "All that can be proven is good. This page is done."
      : "Looked at " + new Date().toLocaleTimeString() + "; what can be proven is ticked off by itself.";
    if (!state.done) setTimeout(look, 2000);
  }
  look();
</script>
</html>
`;
}
