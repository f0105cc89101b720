import { hintOf, type TABLES } from "../codes/codes.ts";
import { Fault, messageOf, remoteText } from "../fault.ts";

export type TransportCode = keyof typeof TABLES.transport;

export interface TransportReason {
  readonly code: TransportCode;
  /** Held against the codes of Node.js (`errno`, OpenSSL's verification) and of undici. */
  readonly matches: RegExp;
  readonly said: string;
  /** Worth another try in a moment. */
  readonly passing?: true;
  /** It happens before a request is sent, so that the server cannot have acted on it. */
  readonly unsent?: true;
  /** Nothing came for a long time. */
  readonly silent?: true;
}

/** Why there was no answer. The first match wins. */
export const REASONS: readonly TransportReason[] = [
  {
    code: "DNS",
    matches: /^EAI_AGAIN$/,
    said: "the name server did not answer",
    passing: true,
    unsent: true,
  },
  {
    code: "DNS",
    matches: /^(ENOTFOUND|EAI_\w+|EDNS)$/,
    said: "the name could not be resolved",
    unsent: true,
  },
  {
    code: "REFUSED",
    matches: /^ECONNREFUSED$/,
    said: "the connection was refused",
    passing: true,
    unsent: true,
  },
  {
    code: "UNREACHABLE",
    // Requests have no time-out of headers of their own: that is of a proxy which does not answer CONNECT.
    matches: /^(UND_ERR_(CONNECT|HEADERS)_TIMEOUT|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/,
    said: "it could not be reached",
    passing: true,
    unsent: true,
    silent: true,
  },
  {
    code: "CONNECTION_CUT",
    matches:
      /^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_(SOCKET|CLOSED|RES_CONTENT_LENGTH_MISMATCH)|HPE_INVALID_EOF_STATE|CLOSED|ERR_SSL_(DECRYPTION_FAILED\w*|[\w/]*BAD_RECORD_MAC|UNEXPECTED_EOF\w*))$/,
    said: "the connection was cut",
    passing: true,
  },
  {
    code: "CONNECTION_CUT",
    matches: /^UND_ERR_PRX_CONN$/,
    said: "the proxy cut the connection",
    passing: true,
    unsent: true,
  },
  {
    code: "UNREACHABLE",
    matches: /^PROXY_5\d\d$/,
    said: "the proxy could not reach it",
    passing: true,
    unsent: true,
  },
  {
    code: "PROXY",
    matches: /^(UND_ERR_PRX_TLS|PROXY_\d+)$/,
    said: "the proxy did not let the request through",
    unsent: true,
  },
  { code: "CLOSED", matches: /^UND_ERR_DESTROYED$/, said: "the connections were closed" },
  {
    code: "CERTIFICATE_EXPIRED",
    matches: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    said: "its certificate is not valid at this time",
    unsent: true,
  },
  {
    code: "CERTIFICATE_NAME",
    matches: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    said: "its certificate is for another name",
    unsent: true,
  },
  {
    code: "CERTIFICATE_UNTRUSTED",
    matches:
      /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_(UNTRUSTED|REJECTED|CHAIN_TOO_LONG))$/,
    said: "its certificate comes from an authority that is not trusted here",
    unsent: true,
  },
  {
    code: "CERTIFICATE_PURPOSE",
    matches: /^INVALID_PURPOSE$/,
    said: "its certificate is not made for servers",
    unsent: true,
  },
  {
    code: "TLS",
    matches: /^(INVALID_CA|PATH_LENGTH_EXCEEDED|CRL_\w+|ERR_TLS\w*|CERT_\w+|ETLS)$/,
    said: "TLS could not be set up",
    unsent: true,
  },
  // These may also come of a connection that was set up.
  { code: "TLS", matches: /^(ERR_SSL[\w/]*|EPROTO)$/, said: "TLS could not be set up" },
  { code: "TIMEOUT", matches: /TIMEDOUT|TIMEOUT/i, said: "it did not answer in time", passing: true, silent: true },
  { code: "NOT_ANSWERING", matches: /^NOT_ANSWERING$/, said: "it has not answered for long", unsent: true },
];

/** A try whose time was over. */
export class NoAnswer extends Error {
  readonly code = "ETIMEDOUT";
}

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
    what: `${host} gave no answer: ${reason?.said ?? remoteText(messageOf(error)).slice(0, 200)}${detour}`,
    code: code || undefined,
    hint: reason && hintOf(reason.code),
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

/** Whether the host kept silent, rather than refuse or cut off. */
export function isSilence(fault: Fault): boolean {
  return fault.kind === "unavailable" && reasonFor(fault.code)?.silent === true;
}

/** Whether nobody has answered what was asked: it says something about the way or the moment, and nothing about the object. */
export function isUnanswered({ kind }: Fault): boolean {
  return kind === "unavailable" || kind === "deadline-exceeded" || kind === "throttled";
}

function reasonFor(code: string | undefined): TransportReason | undefined {
  return code ? REASONS.find(({ matches }) => matches.test(code)) : undefined;
}

/** undici's own, which say more than what is behind them. */
const TELLING = /^UND_ERR_(CONNECT_TIMEOUT|PRX_\w+)$/;

/**
 * The innermost code that says something, as undici and AggregateError wrap Node's own, and the place that was tried.
 */
function facts(error: unknown): { readonly code: string; readonly place: string } {
  if (!(error instanceof Error)) return { code: "", place: "" };
  const inner = facts(error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined));
  const text = (name: string) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const address = text("address");
  const own = codeInWords(error.message) ?? text("code");
  const isInner = own === "" || (reasonFor(inner.code) && !TELLING.test(own));
  return {
    code: isInner ? inner.code : own,
    place: inner.place || (address ? `${address}:${text("port")}` : text("hostname")),
  };
}

/** What undici says in words only: the status of a proxy's answer to CONNECT, and that an answer has ended in the middle. */
function codeInWords(message: string): string | undefined {
  const status = /^Proxy response \((\d{3})\)/.exec(message)?.[1];
  if (status !== undefined) return `PROXY_${status}`;
  return /^Response does not match .*\(Invalid EOF state\)$/.test(message) ? "HPE_INVALID_EOF_STATE" : undefined;
}
