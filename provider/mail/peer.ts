import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { EACH_ADDRESS } from "../network/each-address.ts";
import type { Network } from "../network/network.ts";
import { hostKey, isHost } from "../schema/mail-hosts.ts";
import type { MailPeer, MailProtocol } from "./protocol.ts";
import { MailFailure } from "./reply.ts";

/** Ports where TLS comes with the first byte, or by a command (RFC 8314 §3, §7.3). It is never done without. */
const AT_ONCE: Readonly<Record<MailProtocol, (port: number) => boolean>> = {
  imap: (port) => port !== 143,
  pop3: (port) => port !== 110,
  smtp: (port) => port === 465,
};

export function isTlsAtOnce(protocol: MailProtocol, { port }: MailPeer): boolean {
  return AT_ONCE[protocol](port);
}

/** The same server as names are compared and certificates carry them. Throws for what no socket can be opened to. */
export function reachable({ host, port }: MailPeer): MailPeer {
  const key = hostKey(host);
  if (!isHost(key) && !isIP(key)) throw new MailFailure("MAIL_HOST_INVALID", "it is no host name");
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new MailFailure("MAIL_HOST_INVALID", `the port ${port} is none, as they go from 1 to 65535`);
  }
  return { host: key, port };
}

/** Opens a connection to where the network says the peer is, without TLS yet. */
export function openSocket(peer: MailPeer, network: Network): Socket {
  // Commands are short and waited for: Nagle's algorithm only holds them back.
  return connectTcp({ ...network.resolve(peer.host, peer.port), ...EACH_ADDRESS, noDelay: true });
}

/** TLS over a connection, verified for the peer's name (RFC 6066 §3: a server name is never an IP address). */
export function secured(socket: Duplex, { host }: MailPeer, network: Network): TLSSocket {
  return connectTls({ socket, host, ...(isIP(host) ? {} : { servername: host }), ...network.tls() });
}
