import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { MailProtocolError } from "./reply.ts";

/** A mail server by the name that its certificate carries. */
export interface MailPeer {
  readonly host: string;
  readonly port: number;
}

/** Most bytes that one check takes from a server: a login and a list of folders stay far below. */
const BYTE_LIMIT = 2 * 1024 * 1024;
const WATCH_MS = 20;

/** What is done once the mailbox is logged in to: it is only looked at, or mail is sent or removed. */
export type MailEffect = "reads" | "writes";

/** Opens a connection to where the network says the peer is. With `secure`, TLS from the start, verified for the name. */
export function openSocket(peer: MailPeer, secure: boolean, effect: MailEffect, network: Network): Socket {
  network.permit(effect);
  const target = network.resolve(peer.host, peer.port);
  return secure ? connectTls({ ...target, ...tlsOptions(peer.host, network) }) : connectTcp(target);
}

/** TLS options that verify for the name (RFC 6066 §3: a server name is never an IP address). */
export function tlsOptions(host: string, network: Network) {
  return { ...(isIP(host) ? {} : { servername: host }), ...network.tls() };
}

/** Waits until the connection, and TLS where it was asked for, is there. */
export async function untilOpen(socket: Socket | TLSSocket, event: "connect" | "secureConnect"): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once("error", reject);
    socket.once("close", () => reject(closedEarly()));
  });
}

export function closedEarly(): Error {
  return Object.assign(new Error("the server closed the connection"), { code: "CLOSED" });
}

/**
 * Ends the socket when the deadline ends, and when the server sends more than a check takes; `failure` says why. Stop it
 * when the check is over.
 */
export class Watch {
  failure: Error | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #deadline: Deadline;
  readonly #over: () => void;

  constructor(socket: Socket, deadline: Deadline, what: string) {
    this.#deadline = deadline;
    // Who uses the socket listens too, but may not do so yet: an error nobody listens to would end the process.
    socket.on("error", () => {});
    this.#over = () => {
      this.failure ??= Object.assign(deadline.fault(what), { code: "TIMEOUT" });
      socket.destroy(this.failure);
    };
    this.#timer = setInterval(() => {
      if (socket.bytesRead <= BYTE_LIMIT) return;
      this.failure ??= new MailProtocolError(`the server sent more than ${BYTE_LIMIT / 1024 / 1024} MiB`);
      socket.destroy(this.failure);
    }, WATCH_MS);
    if (deadline.signal.aborted) this.#over();
    else deadline.signal.addEventListener("abort", this.#over, { once: true });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#deadline.signal.removeEventListener("abort", this.#over);
  }
}
