import { rows } from "./row.ts";

const PORTS = "mail needs the ports 993, 995, 465 and 587, everything else 443";

/** What keeps an answer from coming, over HTTP as at a mail server. */
export const transport = rows({
  DNS: {
    class: "network",
    seen: "test",
    words: "The name could not be resolved",
    hint: "Check the host name, and DNS on this machine.",
    again: true,
  },
  REFUSED: {
    class: "network",
    seen: "test",
    words: "The connection was refused",
    hint: `Nothing listens there, or a firewall refuses: check that the server is running, and that this machine may reach it; ${PORTS}, HTTPS goes through HTTPS_PROXY.`,
    again: true,
  },
  UNREACHABLE: {
    class: "network",
    seen: "test",
    words: "The server could not be reached",
    hint: `Check that a firewall lets this machine out, behind a proxy set HTTPS_PROXY; ${PORTS}.`,
    again: true,
  },
  CONNECTION_CUT: {
    class: "network",
    seen: "test",
    words: "The connection was cut",
    hint: "If it stays so, look at the proxies and firewalls between here and there.",
    again: true,
    passes: true,
  },
  TIMEOUT: {
    class: "network",
    seen: "test",
    words: "The server did not answer in time",
    hint: `Run it again; if it stays so, check that a firewall lets this machine out: ${PORTS}.`,
    again: true,
  },
  NOT_ANSWERING: {
    class: "network",
    seen: "test",
    words: "The server was asked several times and has not answered, so it is not asked for a while",
    hint: "Run it again when the service answers; if it stays so, look at its health page, and at proxies and firewalls between here and there.",
    again: true,
  },
  PROXY: {
    class: "network",
    seen: "live",
    words: "The proxy did not let the request through",
    hint: "Check HTTPS_PROXY and its user and password, or except the host with NO_PROXY.",
  },
  CLOSED: {
    class: "network",
    seen: "live",
    words: "The connections were closed, because the process ends",
    hint: "Run it again.",
    again: true,
  },
  READ_ONLY: {
    class: "told",
    seen: "live",
    words: "The setting readOnly (GMAILSYNC_READ_ONLY) or --read-only lets nothing be written",
    hint: "Take it away for `pulumi up` and `pulumi destroy`. Pulumi destroys with the settings that the state has: after an `up` with readOnly `pulumi destroy --run-program` takes those of now.",
    everywhere: true,
  },
  CERTIFICATE_UNTRUSTED: {
    class: "network",
    seen: "test",
    words: "The server's certificate comes from an authority that is not trusted here",
    hint: "If it is right, name the authority's PEM file in network.caFile or GMAILSYNC_CA_FILE; behind an inspecting proxy that is the proxy's authority.",
  },
  CERTIFICATE_NAME: {
    class: "network",
    seen: "test",
    words: "The server's certificate is for another name",
    hint: "Check the host name, and network.connectTo or GMAILSYNC_CONNECT_TO.",
  },
  CERTIFICATE_EXPIRED: {
    class: "network",
    seen: "test",
    words: "The server's certificate is not valid at this time",
    hint: "The server's owner has to renew it, or this machine's clock is wrong.",
  },
  CERTIFICATE_PURPOSE: {
    class: "network",
    seen: "test",
    words: "The server's certificate is not made for servers",
    hint: "The server's owner needs a certificate for server authentication; check that the host is the right one.",
  },
  TLS: {
    class: "network",
    seen: "test",
    words: "TLS could not be set up",
    hint: "Check that host and port are those of a TLS server, and what stands between here and there.",
  },
});
