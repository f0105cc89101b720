import { Fault, messageOf } from "../fault.ts";

/** What kept an answer from coming, as a stable code. */
export type TransportCode =
  | "DNS"
  | "REFUSED"
  | "UNREACHABLE"
  | "CONNECTION_CUT"
  | "TIMEOUT"
  | "PROXY"
  | "CLOSED"
  | "CERTIFICATE_UNTRUSTED"
  | "CERTIFICATE_EXPIRED"
  | "CERTIFICATE_NAME"
  | "TLS";

export interface TransportReason {
  readonly code: TransportCode;
  /** Held against the codes of Node.js (`errno`, OpenSSL's verification) and of the clients: undici, imapflow, nodemailer. */
  readonly matches: RegExp;
  readonly said: string;
  readonly hint?: string;
  /** Worth another try in a moment. */
  readonly passing?: true;
  /** It happens before a request is sent, so that the server cannot have acted on it. */
  readonly unsent?: true;
}

const FIREWALL = "Check that this machine may reach it; behind a proxy set HTTPS_PROXY.";

/** Why there was no answer. The first match wins. */
export const REASONS: readonly TransportReason[] = [
  {
    code: "DNS",
    matches: /^EAI_AGAIN$/,
    said: "the name server did not answer",
    hint: "Check DNS on this machine.",
    passing: true,
    unsent: true,
  },
  {
    code: "DNS",
    matches: /^(ENOTFOUND|EAI_\w+|EDNS)$/,
    said: "the name could not be resolved",
    hint: "Check the host name, and DNS on this machine.",
    unsent: true,
  },
  {
    code: "REFUSED",
    matches: /^ECONNREFUSED$/,
    said: "the connection was refused",
    hint: `Check that the server is running. ${FIREWALL}`,
    passing: true,
    unsent: true,
  },
  {
    code: "UNREACHABLE",
    matches: /^(UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/,
    said: "it could not be reached",
    hint: FIREWALL,
    passing: true,
    unsent: true,
  },
  {
    code: "CONNECTION_CUT",
    matches: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_CLOSED|CLOSED|NoConnection|ClosedAfter\w+|EConnectionClosed)$/,
    said: "the connection was cut",
    hint: "If it stays so, look at the proxies and firewalls between here and there.",
    passing: true,
  },
  {
    code: "PROXY",
    matches: /^UND_ERR_(ABORTED|PRX_CONN|PRX_TLS)$/,
    said: "the proxy did not let the request through",
    hint: "Check HTTPS_PROXY and its user and password, or except the host with NO_PROXY.",
    unsent: true,
  },
  { code: "CLOSED", matches: /^UND_ERR_DESTROYED$/, said: "the connections were closed" },
  {
    code: "CERTIFICATE_EXPIRED",
    matches: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    said: "its certificate is not valid at this time",
    hint: "The server's owner has to renew it, or this machine's clock is wrong.",
    unsent: true,
  },
  {
    code: "CERTIFICATE_NAME",
    matches: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    said: "its certificate is for another name",
    hint: "Check the host name, and network.connectTo or GMAILSYNC_CONNECT_TO.",
    unsent: true,
  },
  {
    code: "CERTIFICATE_UNTRUSTED",
    matches:
      /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_(UNTRUSTED|REJECTED|CHAIN_TOO_LONG))$/,
    said: "its certificate comes from an authority that is not trusted here",
    hint: "If it is right, name the authority's PEM file in network.caFile or GMAILSYNC_CA_FILE; behind an inspecting proxy that is the proxy's authority.",
    unsent: true,
  },
  {
    code: "TLS",
    matches: /^(ERR_SSL\w*|ERR_TLS\w*|CERT_\w+|EPROTO|ETLS)$/,
    said: "TLS could not be set up",
    hint: "Check that host and port are those of a TLS server, and what stands between here and there.",
    unsent: true,
  },
  { code: "TIMEOUT", matches: /TIMEDOUT|TIMEOUT/i, said: "it did not answer in time", passing: true },
];

/** The reason behind an error of any client, however it is wrapped; undefined where it is none of the transport's. */
export function transportReason(error: unknown): TransportReason | undefined {
  const { code } = facts(error);
  return reasonFor(code);
}

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

function reasonFor(code: string | undefined): TransportReason | undefined {
  return code ? REASONS.find(({ matches }) => matches.test(code)) : undefined;
}

/**
 * The innermost code that says something, as undici, nodemailer and AggregateError wrap Node's own, and the place that was
 * tried. Nodemailer keeps Node's code as `originalCode` and puts one of its kinds in its place.
 */
function facts(error: unknown): { readonly code: string; readonly place: string } {
  if (!(error instanceof Error)) return { code: "", place: "" };
  const inner = facts(error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined));
  const text = (name: string) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const address = text("address");
  const own = text("originalCode") || text("code");
  return {
    code: reasonFor(inner.code) || !own ? inner.code || own : own,
    place: inner.place || (address ? `${address}:${text("port")}` : text("hostname")),
  };
}
