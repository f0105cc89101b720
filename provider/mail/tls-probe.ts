import type { Socket } from "node:net";
import { duplexPair } from "node:stream";
import type { Network } from "../network/network.ts";
import { openSocket, secured } from "./peer.ts";
import type { MailPeer } from "./protocol.ts";

/** Content types of TLS records that answer a ClientHello: alert and handshake (RFC 8446 §5.1). */
const RECORDS = [0x15, 0x16];

/**
 * What a port says to the beginning of TLS: "tls", its text, or undefined where it says nothing until the signal aborts. On a
 * connection of its own; no more than a ClientHello is sent.
 */
export async function answerToTls(peer: MailPeer, network: Network, signal: AbortSignal): Promise<string | undefined> {
  const socket = openSocket(peer, network);
  const [client, wire] = duplexPair();
  const tls = secured(client, peer, network);
  tls.on("error", () => {});
  wire.on("error", () => {});
  wire.pipe(socket);
  try {
    const first = await firstBytes(socket, signal);
    if (first === undefined) return undefined;
    return RECORDS.includes(first[0] ?? 0) ? "tls" : first.toString("utf8");
  } finally {
    tls.destroy();
    wire.destroy();
    socket.destroy();
  }
}

function firstBytes(socket: Socket, signal: AbortSignal): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const nothing = () => resolve(undefined);
    socket.once("data", resolve).once("error", nothing).once("close", nothing);
    if (signal.aborted) nothing();
    signal.addEventListener("abort", nothing, { once: true });
  });
}
