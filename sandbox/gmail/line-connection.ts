import { once } from "node:events";
import type { Socket } from "node:net";

/** Longest line in bytes, either way. */
const LINE_LIMIT = 64 * 1024;
/** How long the other side may take to close after we did, in milliseconds. */
const CLOSE_TIMEOUT = 1_000;
const LINE_FEED = 0x0a;

export type LineProblem = "closed" | "timeout" | "line-too-long" | "plain-text-before-tls";

export class LineError extends Error {
  override readonly name = "LineError";
  readonly problem: LineProblem;

  constructor(problem: LineProblem) {
    super(problem);
    this.problem = problem;
  }
}

/**
 * One end of a connection that speaks in lines, one read or write at a time. Text is Latin-1, one character per byte, so that the bytes of a message
 * survive. Reads and writes end with a `LineError` at the latest when `patience` (milliseconds, asked for each time) is over.
 */
export class LineConnection {
  #socket: Socket;
  #unread: Buffer = Buffer.alloc(0);
  #wake: () => void = () => {};
  /** What `readLine` has given last. */
  lastLine = "";
  readonly #patience: () => number;
  readonly #onActivity = () => this.#wake();

  constructor(socket: Socket, patience: () => number) {
    this.#socket = socket;
    this.#patience = patience;
    this.#attach(socket);
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? "unknown";
  }

  /** The next line without its CRLF. A bare LF ends a line too. */
  async readLine(): Promise<string> {
    const end = performance.now() + this.#patience();
    for (;;) {
      const at = this.#unread.indexOf(LINE_FEED);
      if (at > LINE_LIMIT || (at < 0 && this.#unread.length > LINE_LIMIT)) throw new LineError("line-too-long");
      if (at >= 0) {
        const line = this.#unread.toString("latin1", 0, at);
        this.#unread = this.#unread.subarray(at + 1);
        this.lastLine = line.endsWith("\r") ? line.slice(0, -1) : line;
        return this.lastLine;
      }
      await this.#more(end);
    }
  }

  /** The next octets, that many. */
  async readOctets(count: number): Promise<string> {
    const end = performance.now() + this.#patience();
    const chunks: Buffer[] = [];
    for (let missing = count; ; ) {
      const taken = this.#unread.subarray(0, missing);
      chunks.push(taken);
      this.#unread = this.#unread.subarray(taken.length);
      missing -= taken.length;
      if (missing === 0) return Buffer.concat(chunks).toString("latin1");
      await this.#more(end);
    }
  }

  /** Takes what has come in, or waits for something to come. */
  async #more(end: number): Promise<void> {
    const chunk: unknown = this.#socket.read();
    if (Buffer.isBuffer(chunk)) this.#unread = Buffer.concat([this.#unread, chunk]);
    else if (this.#socket.readable) await this.#activity(end);
    else throw new LineError("closed");
  }

  /** Sends lines and waits while the other side does not take them. */
  write(...lines: readonly string[]): Promise<void> {
    return this.#send(textOf(lines));
  }

  /** Sends the first half of what `write` would send. */
  writeHalf(...lines: readonly string[]): Promise<void> {
    const text = textOf(lines);
    return this.#send(text.slice(0, text.length / 2));
  }

  async #send(text: string): Promise<void> {
    const end = performance.now() + this.#patience();
    if (!this.#socket.writable) throw new LineError("closed");
    this.#socket.write(text, "latin1");
    while (this.#socket.writableNeedDrain) {
      await this.#activity(end);
      if (!this.#socket.writable) throw new LineError("closed");
    }
  }

  /**
   * Goes on over the socket that `secure` makes of the present one. What came in before is refused: it was not protected
   * (RFC 3207 section 6).
   */
  async upgrade(secure: (plain: Socket) => Promise<Socket>): Promise<void> {
    if (this.#unread.length > 0 || this.#socket.readableLength > 0) throw new LineError("plain-text-before-tls");
    await this.wrap(secure);
  }

  /** The same from the first byte on: what came in before is TLS already. */
  protected async wrap(secure: (plain: Socket) => Promise<Socket>): Promise<void> {
    this.#detach();
    this.#attach(await secure(this.#socket));
  }

  /** Lets what was written go out, then closes. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    this.#detach();
    const closed = once(this.#socket, "close", { signal: AbortSignal.timeout(CLOSE_TIMEOUT) }).catch(() => {});
    this.#socket.end();
    // Unread input would make the system reset the connection and take our last line with it.
    this.#socket.resume();
    await closed;
    this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    // An error is always followed by "close", which is what the waits look for.
    socket.on("error", () => {});
    for (const event of ACTIVITIES) socket.on(event, this.#onActivity);
  }

  #detach(): void {
    for (const event of ACTIVITIES) this.#socket.off(event, this.#onActivity);
  }

  async #activity(end: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new LineError("timeout")), Math.max(0, end - performance.now()));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join("");
}

const ACTIVITIES = ["readable", "end", "drain", "close"] as const;

/** Waits until a socket is connected or its TLS handshake is done; destroys it when that fails or takes too long. */
export async function established<T extends Socket>(
  socket: T,
  event: "connect" | "secure" | "secureConnect",
  timeoutMs: number,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = () => reject(new LineError("closed"));
  const timer = setTimeout(() => reject(new LineError("timeout")), Math.max(0, timeoutMs));
  socket.on("error", () => {});
  socket.once(event, resolve).once("error", reject).once("close", onClose);
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.off(event, resolve).off("error", reject).off("close", onClose);
  }
}
