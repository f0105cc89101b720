import type { Server, Socket } from "node:net";

/** Most connections of one server. */
const MOST = 500;

/**
 * The open connections of a server, bounded: beyond the bound the one makes room that has been silent for the longest. So who only holds
 * connections open shuts nobody out, and disturbs nobody who works.
 */
export class Connections {
  /** With the bytes that had come from each when it was looked at last; the one that has been silent for the longest stands first. */
  readonly #open = new Map<Socket, number>();

  constructor(server: Server, most = MOST) {
    server.on("connection", (socket: Socket) => {
      if (this.#open.size >= most) this.#makeRoom();
      this.#open.set(socket, 0);
      // An error is always followed by "close".
      socket.on("error", () => {});
      socket.on("close", () => this.#open.delete(socket));
    });
  }

  end(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #makeRoom(): void {
    for (const [socket, bytes] of [...this.#open]) {
      if (socket.bytesRead === bytes) continue;
      this.#open.delete(socket);
      this.#open.set(socket, socket.bytesRead);
    }
    const [silent] = this.#open.keys();
    if (!silent) return;
    this.#open.delete(silent);
    silent.destroy();
  }
}
