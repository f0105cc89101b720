import { Fault } from "../fault.ts";
import type { Endpoint } from "./connect-to.ts";

interface Reason {
  readonly matches: RegExp;
  readonly said: string;
  readonly hint: string;
}

/** What went wrong before there was an answer, by the codes of Node.js (`errno`, OpenSSL) and undici. First match wins. */
const REASONS: readonly Reason[] = [
  {
    matches: /^(ENOTFOUND|EAI_AGAIN|EAI_NODATA)$/,
    said: "its name could not be resolved",
    hint: "Check the host name, and DNS on this machine.",
  },
  {
    matches: /^ECONNREFUSED$/,
    said: "the connection was refused",
    hint: "Check that the server runs and that a firewall or proxy lets this machine out (HTTPS_PROXY).",
  },
  {
    matches: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    said: "the connection was cut",
    hint: "Try again; if it stays so, look at proxies and firewalls between here and there.",
  },
  {
    matches: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH)$/,
    said: "it could not be reached",
    hint: "Check that this machine may reach it; behind a proxy set HTTPS_PROXY.",
  },
  { matches: /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/, said: "it did not answer in time", hint: "Try again." },
  {
    matches:
      /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE).*)$/,
    said: "its certificate was issued by an authority that is not trusted here",
    hint: "Name the authority's PEM file in network.caFile or GMAILSYNC_CA_FILE.",
  },
  {
    matches: /^CERT_HAS_EXPIRED$/,
    said: "its certificate has expired",
    hint: "The server's owner has to renew it; check this machine's clock.",
  },
  {
    matches: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    said: "its certificate is for another name",
    hint: "Check the host name, and network.connectTo.",
  },
  {
    matches: /^(CERT_|ERR_TLS|ERR_SSL|EPROTO)/,
    said: "TLS could not be set up",
    hint: "Check that it is a TLS server.",
  },
];

/** A request that got no answer: which host, what happened, what to do. */
export function transportFault(error: unknown, url: URL, target: Endpoint): Fault {
  const code = codeOf(error);
  const reason = REASONS.find(({ matches }) => matches.test(code));
  const detour = target.host === url.hostname ? "" : ` (connected to ${target.host}:${target.port})`;
  return new Fault({
    kind: "unavailable",
    what: `${url.host}${detour} gave no answer: ${reason?.said ?? "the request failed"}`,
    code: code || undefined,
    hint: reason?.hint,
    cause: error,
  });
}

/** The innermost code: undici and AggregateError wrap the one that says something. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const inner = codeOf(error.cause) || (error instanceof AggregateError ? codeOf(error.errors[0]) : "");
  return inner || ("code" in error && typeof error.code === "string" ? error.code : "");
}
