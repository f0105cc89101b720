import type { Dispatcher } from "undici";
import { Activity } from "../activity.ts";
import { Fault, remoteText } from "../fault.ts";
import { learn } from "../redaction/secrets.ts";
import { authoritiesOf } from "./authorities.ts";
import { readBody } from "./body.ts";
import { rememberCarried } from "./carried.ts";
import { Circuit } from "./circuit.ts";
import { type ConnectTo, type Endpoint, keyOf, parseConnectTo } from "./connect-to.ts";
import type { Deadline } from "./deadline.ts";
import { EACH_ADDRESS } from "./each-address.ts";
import { type Effect, readOnlyFault } from "./effect.ts";
import { Journal } from "./journal.ts";
import { type TlsOptions, verifying } from "./tls.ts";
import { isSilence, NoAnswer, transportFault } from "./transport-fault.ts";
import { Turnstile } from "./turnstile.ts";

export interface NetworkOptions {
  readonly connectTo?: Readonly<Record<string, string>>;
  readonly caFile?: string;
  /** Nothing that writes is sent. */
  readonly readOnly?: boolean;
}

export type HttpRequest = Effect & {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Largest answer that is read, in bytes; 4 MiB where it is left out. */
  readonly limitBytes?: number;
};

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; several values of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const CONNECTIONS_PER_HOST = 20;

/** In milliseconds. */
export interface Patience {
  /** From the request to the end of the answer: who is left to hang asks again while there is time. */
  readonly tryMs: number;
  /** How long a host is left alone that has not answered for long. */
  readonly restMs: number;
  /** TCP and TLS together, and what a proxy takes to answer CONNECT. */
  readonly connectMs: number;
}

const PATIENCE: Patience = { tryMs: 25_000, restMs: 30_000, connectMs: 15_000 };

/**
 * The one way out. Hosts of the connect-to map are reached where it says, all others by the proxy of the environment
 * (`HTTPS_PROXY`, `NO_PROXY`) or directly. TLS is always verified for the name in the URL, against Node's authorities and
 * those of the CA file.
 */
export class Network {
  /** Notes what is done; every write by HTTP is noted here. Undefined where nobody asks for it. */
  readonly journal: Journal | undefined;
  readonly #readOnly: boolean;
  /** Those of the CA file, as PEM. */
  readonly #authorities: readonly string[];
  readonly #connectTo: ConnectTo;
  readonly #proxy: Proxy | undefined;
  readonly #patience: Patience;
  readonly #hosts = new Map<string, Host>();
  readonly #requests = new Activity();
  #abandoned = false;
  #dispatchers: Promise<Dispatchers> | undefined;
  #tls: TlsOptions | undefined;

  constructor(options: NetworkOptions, environment: NodeJS.ProcessEnv, patience: Partial<Patience> = {}) {
    this.#patience = { ...PATIENCE, ...patience };
    this.journal = Journal.of(environment);
    this.#readOnly = options.readOnly ?? false;
    this.#proxy = proxyOf(environment);
    this.#connectTo = parseConnectTo(options.connectTo, environment["GMAILSYNC_CONNECT_TO"]);
    this.#authorities = authoritiesOf(options.caFile, environment);
  }

  /** Where a connection to the host has to go; the host itself unless the map says otherwise. */
  resolve(host: string, port: number): Endpoint {
    return this.#connectTo.get(keyOf(host, port)) ?? { host, port };
  }

  /** Host and port of the proxy that HTTPS goes through, unless its NO_PROXY excepts a host; undefined without one. */
  get proxy(): string | undefined {
    return this.#proxy && new URL(this.#proxy.httpsProxy).host;
  }

  /** Throws where such a thing must not be done. Every way out passes here; who asks before it begins leaves nothing half done. */
  permit(effect: Effect["effect"]): void {
    if (this.#readOnly && effect === "writes") throw readOnlyFault();
  }

  /**
   * One request and its whole answer, within 25 seconds. Redirects are not followed. Throws a Fault when there is no answer, at once where
   * the host has not answered for long.
   */
  async request(request: HttpRequest, deadline: Deadline): Promise<HttpResponse> {
    const url = new URL(request.url);
    const what = `${request.method} ${url.origin}${remoteText(url.pathname).slice(0, 120)}`;
    rememberCarried(request);
    if (url.protocol !== "https:" && !isOwnSignIn(request, url))
      throw new Fault({ kind: "invalid-input", what: `${what}: only https is spoken` });
    refuseUnsendable(request, what);
    this.permit(request.effect);
    const { circuit, turnstile } = this.#hostOf(url.host);
    const send = () =>
      turnstile.pass(`${what}: waiting for other requests to ${url.host}`, deadline, () => {
        if (this.#abandoned)
          throw new Fault({ kind: "cancelled", what: "Nothing is sent any more, as Pulumi is gone", undone: true });
        return this.#requests.track(this.#send(request, url, what, circuit, deadline));
      });
    return request.effect === "writes" && this.journal ? this.journal.sending(request, send) : send();
  }

  async #send(
    request: HttpRequest,
    url: URL,
    what: string,
    circuit: Circuit,
    deadline: Deadline,
  ): Promise<HttpResponse> {
    if (deadline.remaining === 0) throw deadline.fault(what);
    const refusal = circuit.refusal();
    if (refusal) throw refusal;
    const begun = performance.now();
    // A timer may end a moment before the clock says so.
    const isLast = deadline.remaining <= this.#patience.tryMs;
    const attempt = deadline.sooner(this.#patience.tryMs);
    try {
      const { mapped, others } = await this.#load();
      const isMapped = this.#connectTo.has(keyOf(bareHost(url.hostname), portOf(url)));
      // No proxy reaches what only this machine does.
      const asked = (isMapped || url.protocol === "http:" ? mapped : others).request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
        signal: attempt.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      // undici looks at the signal once there is a connection.
      const { promise: over, reject } = Promise.withResolvers<never>();
      attempt.signal.addEventListener("abort", () => reject(new NoAnswer()), { once: true });
      if (attempt.signal.aborted) reject(new NoAnswer());
      const answer = await Promise.race([asked, over]);
      const text = await readBody(answer.body, request, what, deadline);
      circuit.answered();
      return { status: answer.statusCode, headers: flat(answer.headers), text };
    } catch (error) {
      if (error instanceof Fault) throw error;
      const fault = transportFault(attempt.signal.aborted ? new NoAnswer() : error, url.host);
      const isOver = deadline.remaining === 0 || (isLast && attempt.signal.aborted);
      if (isSilence(fault) && !isOver) circuit.silent(begun);
      throw isOver ? deadline.fault(what) : fault;
    } finally {
      attempt[Symbol.dispose]();
    }
  }

  #hostOf(host: string): Host {
    const known = this.#hosts.get(host) ?? {
      circuit: new Circuit(host, this.#patience.restMs),
      turnstile: new Turnstile(CONNECTIONS_PER_HOST),
    };
    this.#hosts.set(host, known);
    return known;
  }

  /** Begins no request any more, and ends when those in flight have, or after so many milliseconds. */
  async abandon(milliseconds: number): Promise<void> {
    this.#abandoned = true;
    await this.#requests.settled(milliseconds);
  }

  /** Closes all connections; requests in flight fail. */
  async close(): Promise<void> {
    const dispatchers = await this.#dispatchers;
    await Promise.all([dispatchers?.mapped.destroy(), dispatchers?.others.destroy()]);
  }

  /** How TLS is spoken, also by clients that open their own sockets. Made once: it holds all authorities. */
  tls(): TlsOptions {
    this.#tls ??= verifying(this.#authorities);
    return this.#tls;
  }

  /** Loaded with the first request: the plugin is started several times per command, mostly to do something else. */
  #load(): Promise<Dispatchers> {
    this.#dispatchers ??= (async () => {
      const { Agent, EnvHttpProxyAgent, Pool, buildConnector } = await import("undici");
      const { connectMs } = this.#patience;
      const tls = { ...this.tls(), ...EACH_ADDRESS, timeout: connectMs, allowH2: false };
      const connect = buildConnector(tls);
      const pool = { connections: CONNECTIONS_PER_HOST, allowH2: false };
      const mapped = new Agent({
        ...pool,
        connect: (options, callback) => {
          const { servername, ...asked } = options;
          const { protocol, hostname } = asked;
          const { host, port } = this.resolve(bareHost(hostname), Number(asked.port || portOfProtocol(protocol)));
          const named = protocol === "https:" && { servername: servername || hostname };
          connect({ ...asked, hostname: host, host, port: String(port), ...named }, callback);
        },
      });
      const others = this.#proxy
        ? new EnvHttpProxyAgent({
            ...pool,
            ...this.#proxy,
            connect: tls,
            requestTls: tls,
            proxyTls: tls,
            clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: connectMs }),
          })
        : new Agent({ ...pool, connect: tls });
      return { mapped, others };
    })();
    return this.#dispatchers;
  }
}

interface Host {
  readonly circuit: Circuit;
  /** Who waits for a connection waits here: in undici's own line a request can no longer be told from one that was sent. */
  readonly turnstile: Turnstile;
}

interface Dispatchers {
  readonly mapped: Dispatcher;
  readonly others: Dispatcher;
}

interface Proxy {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** Both cases of the names are in use; as with curl the small letters win. All three values are given to undici, which
 * would otherwise look the missing ones up in the process's own environment. */
function proxyOf(environment: NodeJS.ProcessEnv): Proxy | undefined {
  const httpsProxy = environment["https_proxy"] || environment["HTTPS_PROXY"];
  if (!httpsProxy) return undefined;
  // The value may hold a password, so it is not shown. A proxy that opens TLS may repeat it in the page that it answers with.
  const { protocol = "", password = "" } = URL.parse(httpsProxy) ?? {};
  learn(password);
  if (!/^https?:$/.test(protocol)) {
    throw new Fault({
      kind: "invalid-input",
      what: "HTTPS_PROXY is not the URL of a proxy",
      hint: "For example http://proxy.example.com:3128.",
    });
  }
  return { httpProxy: httpsProxy, httpsProxy, noProxy: environment["no_proxy"] || environment["NO_PROXY"] || "" };
}

/**
 * The identity endpoints of Azure's resources speak plain http, on the machine or on its link (Microsoft: "How to use managed identities
 * on an Azure VM to acquire an access token"). What they are sent goes no further.
 */
function isOwnSignIn({ effect }: Effect, { protocol, hostname }: URL): boolean {
  return effect === "signs-in" && protocol === "http:" && isOwnMachine(hostname);
}

/** Loopback and link-local addresses (RFC 1122, section 3.2.1.3, and RFC 3927), as URLs write them. */
export function isOwnMachine(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|169\.254(\.\d{1,3}){2}|\[::1\])$/.test(hostname);
}

/** RFC 9110, section 5.5. Its value may be a secret, and is not shown. */
function refuseUnsendable({ headers = {} }: HttpRequest, what: string): void {
  const unsendable = Object.entries(headers).find(([, value]) => !/^[\t\x20-\x7e\x80-\xff]*$/.test(value));
  if (!unsendable) return;
  throw new Fault({
    kind: "invalid-input",
    what: `${what}: the header ${unsendable[0]} holds a line break or another character that none can hold`,
    hint: "It is made of what the environment, a file or a server gives, such as a token: write that anew, on one line.",
  });
}

function portOf(url: URL): number {
  return Number(url.port || portOfProtocol(url.protocol));
}

function portOfProtocol(protocol: string): number {
  return protocol === "http:" ? 80 : 443;
}

/** URLs write IPv6 addresses in brackets. */
function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
