import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createSecureContext } from "node:tls";
import { Connections } from "./connections.ts";
import type { Certificate } from "./gmail/line-server.ts";
import type { HalfAnswer, HttpAnswer, HttpRequest, Reply } from "./http.ts";

/** Largest body that is read, in bytes. */
const BODY_LIMIT = 1024 * 1024;

/** Most bytes of a request's address and headers together; Dataverse takes addresses of 32 KB, Node's own limit is 16. */
const HEADER_LIMIT = 64 * 1024;

/** Milliseconds that a client may take for the TLS handshake, and for the headers of a request. */
const SILENCE_LIMIT_MS = 10_000;

export type Handle = (request: HttpRequest) => Promise<Reply> | Reply;

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** HTTPS for many host names on one free loopback port; the certificate is chosen by the name that is asked for. */
export function serveHttps(
  identities: ReadonlyMap<string, Certificate>,
  handle: Handle,
  silenceMs = SILENCE_LIMIT_MS,
): Promise<HttpServer> {
  const contexts = new Map([...identities].map(([host, identity]) => [host, createSecureContext({ ...identity })]));
  const server = createTlsServer(
    {
      SNICallback: (host, done) => done(null, contexts.get(host)),
      minVersion: "TLSv1.2",
      maxHeaderSize: HEADER_LIMIT,
      handshakeTimeout: silenceMs,
      ...limits(silenceMs),
    },
    (request, response) => void serve(request, response, "https", handle),
  );
  return listen(server);
}

/** Plain HTTP on loopback, for what only this machine asks: the administration endpoint, its identities. */
export function serveHttp(handle: Handle, silenceMs = SILENCE_LIMIT_MS): Promise<HttpServer> {
  const server = createServer(limits(silenceMs), (request, response) => void serve(request, response, "http", handle));
  return listen(server);
}

function limits(silenceMs: number) {
  return {
    headersTimeout: silenceMs,
    requestTimeout: 3 * silenceMs,
    // How often Node looks whose time is over; half a minute by default.
    connectionsCheckingInterval: silenceMs / 2,
  };
}

async function listen(server: Server): Promise<HttpServer> {
  const connections = new Connections(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Also those that have not come to TLS yet, which `closeAllConnections` does not know.
        connections.end();
      }),
  };
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  protocol: string,
  handle: Handle,
): Promise<void> {
  try {
    const body = await read(message);
    if (body === undefined) {
      send(response, { status: 413, body: { error: { code: "", message: "Request entity too large" } } });
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
    );
    const url = addressOf(message, protocol);
    if (!url) {
      send(response, { status: 400, body: { error: { code: "", message: "Bad Request - Invalid URL" } } });
      return;
    }
    const answer = await handle({ method: message.method ?? "GET", url, headers, body });
    if (answer === "hang") return;
    if (answer === "reset") message.socket.destroy();
    else if ("half" in answer) sendHalf(response, answer);
    else send(response, answer);
  } catch (error) {
    // The client went away in the middle of its request: nobody is left to answer.
    if (message.destroyed && !message.complete) return;
    console.error(error);
    if (!response.headersSent)
      send(response, {
        status: 500,
        body: { error: { code: "0x80040216", message: "An unexpected error occurred." } },
      });
  }
}

/** The address that a request is for (RFC 9112 section 3.3); undefined where host and target make none. */
function addressOf({ url: target = "/", headers: { host = "localhost" } }: IncomingMessage, protocol: string) {
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(host)) return undefined;
  // A path that begins with two slashes would be taken for another host.
  return URL.parse(target.startsWith("/") ? `${protocol}://${host}${target}` : target) ?? undefined;
}

async function read(message: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message) {
    size += part.length;
    if (size > BODY_LIMIT) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  const { text, headers } = written(answer);
  response.writeHead(answer.status, headers);
  response.end(text);
}

/** Half of the body, or of the headers when there is none; then the connection ends. */
function sendHalf(response: ServerResponse, { half, chunked = false }: HalfAnswer): void {
  const { text, headers } = written(half);
  const bytes = Buffer.from(text);
  const end = () => response.socket?.destroySoon();
  if (bytes.length === 0) {
    response.socket?.write(`HTTP/1.1 ${half.status} `, end);
    return;
  }
  response.writeHead(half.status, { ...headers, ...(!chunked && { "content-length": bytes.length }) });
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), end);
}

function written({ headers, body }: HttpAnswer): { text: string; headers: Readonly<Record<string, string>> } {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html; charset=utf-8" : "application/json; charset=utf-8";
  return { text, headers: { ...(text && { "content-type": type }), ...headers } };
}
