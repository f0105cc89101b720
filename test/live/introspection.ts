import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type TokenKind = "good" | "expired" | "other-user" | "wrong-scope";

/** OAuth 2.0 Token Introspection, RFC 7662 section 2.2. */
interface Introspection {
  readonly active: boolean;
  readonly scope?: string;
  readonly email?: string;
}

export interface IntrospectionServer {
  readonly url: string;
  token(kind: TokenKind, address: string): string;
  setState(state: "up" | "down"): void;
  close(): Promise<void>;
}

const mailScope = "https://mail.google.com/";
const requestLimit = 64 * 1024;

const verdicts: Readonly<Record<TokenKind, (address: string) => Introspection>> = {
  good: (email) => ({ active: true, scope: mailScope, email }),
  expired: () => ({ active: false }),
  "other-user": (address) => ({ active: true, scope: mailScope, email: `not-${address}` }),
  "wrong-scope": (email) => ({ active: true, scope: "https://www.googleapis.com/auth/gmail.send", email }),
};

/** The identity provider behind Dovecot: plain HTTP on loopback. While it is down every answer is a 503. */
export async function startIntrospectionServer(): Promise<IntrospectionServer> {
  const issued = new Map<string, Introspection>();
  let state: "up" | "down" = "up";

  async function introspect(request: IncomingMessage): Promise<Introspection> {
    const token = new URLSearchParams(await readBody(request)).get("token");
    return issued.get(token ?? "") ?? { active: false };
  }

  const server = createServer((request, response) => {
    if (state === "down") return answer(response, 503, { error: "temporarily_unavailable" });
    if (request.method !== "POST" || request.url !== "/introspect") {
      return answer(response, 404, { error: "not_found" });
    }
    introspect(request).then(
      (introspection) => answer(response, 200, introspection),
      () => answer(response, 400, { error: "invalid_request" }),
    );
  });
  server.requestTimeout = 5_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the introspection server has no port");

  return {
    url: `http://127.0.0.1:${bound.port}`,
    token(kind, address) {
      const token = `sandbox-token-${kind}-${randomBytes(8).toString("hex")}`;
      issued.set(token, verdicts[kind](address));
      return token;
    },
    setState(next) {
      state = next;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > requestLimit) throw new Error("the request is too large");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
