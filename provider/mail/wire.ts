import type { Socket } from "node:net";
import { protocolFailure } from "./reply.ts";

/** Longest line and longest literal that are taken, in bytes. */
const LINE_LIMIT = 64 * 1024;
/** Most bytes that one conversation takes: a login and a search stay far below. */
const BYTE_LIMIT = 2 * 1024 * 1024;
const LINE_FEED = 0x0a;
/** How long the last line may take to leave. */
const GOODBYE_MS = 1000;

/** What a server sends, read line by line as it is asked for, bounded; the end of the connection is an error to whoever waits. */
export class Wire {
  #socket: Socket;
  #deaf = () => {};
  /** Whole lines that nobody has read yet. */
  readonly #ready: Buffer[] = [];
  /** The line that is still coming. */
  #coming: Buffer[] = [];
  #comingSize = 0;
  #size = 0;
  #failure: Error | undefined;
  #wake = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  send(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  /** The next line, without its end. Text that is no UTF-8 keeps what can be read. */
  async line(): Promise<string> {
    const line = await this.#next();
    return line.toString("utf8").replace(/\r?\n$/, "");
  }

  /** So many bytes as they are, as an IMAP literal has them (RFC 3501 §4.3). */
  async literal(length: number): Promise<string> {
    if (length > LINE_LIMIT) throw protocolFailure("a literal of the server is longer than 64 KiB");
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0; ) {
      const line = await this.#next();
      parts.push(line.subarray(0, missing));
      if (line.length > missing) this.#ready.unshift(line.subarray(missing));
      missing -= Math.min(missing, line.length);
    }
    return Buffer.concat(parts).toString("utf8");
  }

  /** Goes on over another socket, such as TLS over this one. What was sent in the clear and not asked for counts for nothing (RFC 3207 §6). */
  over(upgrade: (plain: Socket) => Socket): void {
    if (this.#ready.length > 0 || this.#comingSize > 0) {
      throw protocolFailure("the server sent more in the clear than its reply to the command that begins TLS");
    }
    this.#deaf();
    this.#socket = upgrade(this.#socket);
    this.#listen();
  }

  /** Waits until the connection, or TLS over it, is there. */
  async opened(event: "connect" | "secureConnect"): Promise<void> {
    let open = false;
    this.#socket.once(event, () => {
      open = true;
      this.#wake();
    });
    while (!open) {
      if (this.#failure) throw this.#failure;
      await this.#woken();
    }
  }

  /** Ends the connection at once; whoever waits gets the error. */
  end(error: Error): void {
    this.#failure ??= error;
    this.#socket.destroy();
    this.#wake();
  }

  /** Says the last line and closes, without waiting for an answer. */
  close(goodbye: string): void {
    this.send(goodbye);
    this.#deaf();
    const socket = this.#socket;
    socket.destroySoon();
    setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
  }

  #listen(): void {
    const socket = this.#socket;
    const take = (bytes: Buffer) => this.#take(bytes);
    const closed = () => this.end(Object.assign(new Error("the server closed the connection"), { code: "CLOSED" }));
    // An error that nobody listens to would end the process, also when it comes late.
    socket.on("error", (error) => this.end(error));
    socket.on("data", take).on("close", closed);
    this.#deaf = () => socket.off("data", take).off("close", closed);
  }

  async #next(): Promise<Buffer> {
    for (;;) {
      const line = this.#ready.shift();
      if (line !== undefined) return line;
      if (this.#failure) throw this.#failure;
      await this.#woken();
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #take(bytes: Buffer): void {
    this.#size += bytes.length;
    for (let rest = bytes; rest.length > 0; ) {
      const end = rest.indexOf(LINE_FEED) + 1;
      const piece = rest.subarray(0, end || rest.length);
      this.#coming.push(piece);
      this.#comingSize += piece.length;
      if (this.#comingSize > LINE_LIMIT) this.end(protocolFailure("a line of the server is longer than 64 KiB"));
      if (end > 0) this.#complete();
      rest = rest.subarray(piece.length);
    }
    if (this.#size > BYTE_LIMIT) this.end(protocolFailure("the server sent more than 2 MiB"));
  }

  #complete(): void {
    this.#ready.push(Buffer.concat(this.#coming));
    this.#coming = [];
    this.#comingSize = 0;
    this.#wake();
  }
}
