import { Fault, messageOf } from "../fault.ts";

interface Reason {
  readonly codes: RegExp;
  readonly said: string;
  readonly hint?: string;
  /** Worth another try in a moment. */
  readonly passing?: true;
  /** It happens before a request is sent, so that the server cannot have acted on it. */
  readonly unsent?: true;
}

const FIREWALL = "Check that this machine may reach it; behind a proxy set HTTPS_PROXY.";

/** Why there was no answer, by the codes of Node.js (`errno`, OpenSSL's verification) and undici. The first match wins. */
const REASONS: readonly Reason[] = [
  {
    codes: /^(ENOTFOUND|EAI_NODATA|EAI_NONAME)$/,
    said: "the name could not be resolved",
    hint: "Check the host name, and DNS on this machine.",
    unsent: true,
  },
  {
    codes: /^EAI_AGAIN$/,
    said: "the name server did not answer",
    hint: "Check DNS on this machine.",
    passing: true,
    unsent: true,
  },
  {
    codes: /^ECONNREFUSED$/,
    said: "the connection was refused",
    hint: `Check that the server is running. ${FIREWALL}`,
    passing: true,
    unsent: true,
  },
  {
    codes: /^(UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH)$/,
    said: "it could not be reached",
    hint: FIREWALL,
    passing: true,
    unsent: true,
  },
  {
    codes: /^(ECONNRESET|EPIPE|ETIMEDOUT|UND_ERR_SOCKET|UND_ERR_CLOSED)$/,
    said: "the connection was cut",
    hint: "If it stays so, look at the proxies and firewalls between here and there.",
    passing: true,
  },
  {
    codes: /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/,
    said: "it did not answer in time",
    passing: true,
  },
  {
    codes: /^UND_ERR_(ABORTED|PRX_CONN|PRX_TLS)$/,
    said: "the proxy did not let the request through",
    hint: "Check HTTPS_PROXY and its user and password, or except the host with NO_PROXY.",
    unsent: true,
  },
  { codes: /^UND_ERR_DESTROYED$/, said: "the connections were closed" },
  {
    codes: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF).*)$/,
    said: "its certificate comes from an authority that is not trusted here",
    hint: "If it is right, name the authority's PEM file in network.caFile or GMAILSYNC_CA_FILE.",
    unsent: true,
  },
  {
    codes: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    said: "its certificate is not valid at this time",
    hint: "The server's owner has to renew it, or this machine's clock is wrong.",
    unsent: true,
  },
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    said: "its certificate is for another name",
    hint: "Check the host name, and network.connectTo or GMAILSYNC_CONNECT_TO.",
    unsent: true,
  },
  {
    codes: /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO)/,
    said: "TLS could not be set up",
    hint: "Check that host and port are those of a TLS server.",
    unsent: true,
  },
];

/** A request that got no answer: which host, what happened, what to do. `kind` is "unavailable". */
export function transportFault(error: unknown, host: string): Fault {
  const { code, place } = facts(error);
  const reason = reasonFor(code);
  const detour = place && !host.startsWith(place) ? ` (${place})` : "";
  return new Fault({
    kind: "unavailable",
    what: `${host} gave no answer: ${reason?.said ?? messageOf(error).slice(0, 200)}${detour}`,
    code: code || undefined,
    hint: reason?.hint,
    cause: error,
  });
}

/** Whether a failure without an answer is worth another try. */
export function isPassing(fault: Fault): boolean {
  return fault.kind === "unavailable" && reasonFor(fault.code)?.passing === true;
}

/** Whether the request surely was not sent, so that repeating it does nothing twice. */
export function wasNeverSent(fault: Fault): boolean {
  return fault.kind === "unavailable" && reasonFor(fault.code)?.unsent === true;
}

function reasonFor(code: string | undefined): Reason | undefined {
  return code ? REASONS.find(({ codes }) => codes.test(code)) : undefined;
}

/** The outermost code says most; the innermost error, which undici and AggregateError wrap, names the place that was tried. */
function facts(error: unknown): { readonly code: string; readonly place: string } {
  if (!(error instanceof Error)) return { code: "", place: "" };
  const inner = facts(error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined));
  const text = (name: string) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const address = text("address");
  return {
    code: text("code") || inner.code,
    place: inner.place || (address ? `${address}:${text("port")}` : text("hostname")),
  };
}
