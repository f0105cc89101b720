import { readFileSync } from "node:fs";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import type { Dispatcher } from "undici";
import { Fault, messageOf } from "../fault.ts";
import { type ConnectTo, type Endpoint, keyOf, parseConnectTo } from "./connect-to.ts";
import type { Deadline } from "./deadline.ts";
import { transportFault } from "./transport-fault.ts";

export interface NetworkOptions {
  readonly connectTo?: Readonly<Record<string, string>>;
  readonly caFile?: string;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; several values of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Largest answer that is read, in bytes. A page of Dataverse stays far below. */
const BODY_LIMIT = 32 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 15_000;

/**
 * The one way out. Hosts of the connect-to map are reached where it says, all others by the proxy of the environment
 * (`HTTPS_PROXY`, `NO_PROXY`) or directly. TLS is always verified for the name in the URL, against Node's authorities and
 * those of the CA file.
 */
export class Network {
  /** Authorities of the CA file, as PEM. */
  readonly ca: string | undefined;
  readonly #connectTo: ConnectTo;
  readonly #environment: NodeJS.ProcessEnv;
  #dispatchers: Promise<Dispatchers> | undefined;

  constructor(options: NetworkOptions, environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
    this.#connectTo = parseConnectTo(options.connectTo, environment["GMAILSYNC_CONNECT_TO"]);
    this.ca = options.caFile
      ? readAuthorities(options.caFile, "network.caFile")
      : environment["GMAILSYNC_CA_FILE"]
        ? readAuthorities(environment["GMAILSYNC_CA_FILE"], "GMAILSYNC_CA_FILE")
        : undefined;
  }

  /** Where a connection to the host has to go; the host itself unless the map says otherwise. */
  resolve(host: string, port: number): Endpoint {
    return this.#connectTo.get(keyOf(host, port)) ?? { host, port };
  }

  /** One request and its whole answer. Redirects are not followed. Throws a Fault when there is no answer. */
  async request(request: HttpRequest, deadline: Deadline): Promise<HttpResponse> {
    const url = new URL(request.url);
    const what = `${request.method} ${url.origin}${url.pathname.slice(0, 120)}`;
    if (url.protocol !== "https:") throw new Fault({ kind: "invalid-input", what: `${what}: only https is spoken` });
    if (deadline.remaining === 0) throw deadline.fault(what);
    try {
      const dispatchers = await this.#load();
      const mapped = this.#connectTo.has(keyOf(url.hostname, Number(url.port || 443)));
      const answer = await (mapped ? dispatchers.mapped : dispatchers.direct).request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
        signal: deadline.signal,
        headersTimeout: 120_000,
        bodyTimeout: 60_000,
      });
      return { status: answer.statusCode, headers: flat(answer.headers), text: await bounded(answer.body, what) };
    } catch (error) {
      if (error instanceof Fault) throw error;
      if (deadline.signal.aborted) throw deadline.fault(what);
      throw transportFault(error, url, this.resolve(url.hostname, Number(url.port || 443)));
    }
  }

  async close(): Promise<void> {
    const dispatchers = await this.#dispatchers;
    await Promise.all([dispatchers?.mapped.destroy(), dispatchers?.direct.destroy()]);
  }

  /** Loaded with the first request: the plugin is started several times per command, mostly to do something else. */
  #load(): Promise<Dispatchers> {
    this.#dispatchers ??= (async () => {
      const { Agent, EnvHttpProxyAgent, buildConnector } = await import("undici");
      const tls = { secureContext: secureContext(this.ca), timeout: CONNECT_TIMEOUT_MS };
      const connect = buildConnector({ ...tls, allowH2: false });
      const pool = { connections: 20, allowH2: false, keepAliveTimeout: 10_000 };
      return {
        mapped: new Agent({
          ...pool,
          connect: (options, callback) => {
            const { host, port } = this.resolve(options.hostname, Number(options.port || 443));
            const servername = options.servername || options.hostname;
            connect({ ...options, hostname: host, host, port: String(port), servername }, callback);
          },
        }),
        direct: new EnvHttpProxyAgent({
          ...pool,
          connect: { ...tls },
          requestTls: { ...tls },
          ...proxies(this.#environment),
        }),
      };
    })();
    return this.#dispatchers;
  }
}

interface Dispatchers {
  readonly mapped: Dispatcher;
  readonly direct: Dispatcher;
}

function proxies(environment: NodeJS.ProcessEnv): { httpsProxy?: string; noProxy?: string } {
  const httpsProxy = environment["https_proxy"] ?? environment["HTTPS_PROXY"];
  const noProxy = environment["no_proxy"] ?? environment["NO_PROXY"];
  return { ...(httpsProxy && { httpsProxy }), ...(noProxy && { noProxy }) };
}

function secureContext(ca: string | undefined): SecureContext {
  return createSecureContext(ca ? { ca: [...getCACertificates("default"), ca] } : {});
}

function readAuthorities(file: string, source: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Fault({ kind: "invalid-input", what: `${source}: the CA file cannot be read: ${messageOf(error)}` });
  }
  try {
    if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new Error("it holds no PEM certificate");
    createSecureContext({ ca: text });
    return text;
  } catch (error) {
    throw new Fault({
      kind: "invalid-input",
      what: `${source}: ${file} is not a file of PEM certificates: ${messageOf(error)}`,
    });
  }
}

async function bounded(body: AsyncIterable<Buffer>, what: string): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > BODY_LIMIT)
      throw new Fault({ kind: "unexpected", what: `${what}: the answer is larger than ${BODY_LIMIT} bytes` });
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
