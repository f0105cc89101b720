import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import type { Duplex } from "node:stream";

/** A server on a free port of loopback, which goes with all its connections. */
export class OnLoopback implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  constructor(server: Server) {
    this.#server = server.on("connection", (socket) => this.follow(socket));
  }

  /** A connection that goes with the server. */
  protected follow(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
  }

  /** The same, once it listens. */
  async listening(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get port(): number {
    return portOf(this.#server.address());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new TypeError("not listening on a port");
  return address.port;
}
