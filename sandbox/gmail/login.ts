import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Where and as whom server-side synchronization logs in. */
export interface LoginTarget {
  readonly protocol: "imap" | "pop3" | "smtp";
  /** Name that the certificate has to carry. */
  readonly host: string;
  readonly port: number;
  /** Where the connection really goes. */
  readonly connect: { readonly host: string; readonly port: number };
  /** PEM of the authority that is trusted. */
  readonly ca: string;
  readonly user: string;
  readonly accessToken: string;
  readonly timeoutMs: number;
}

export type LoginResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string };

const LINE_LIMIT = 64 * 1024;

/** Logs in as Dynamics would, by XOAUTH2: IMAP opens the inbox, POP3 asks for STAT, SMTP stops after the login. */
export async function mailLogin(target: LoginTarget): Promise<LoginResult> {
  const lines = new Lines(target);
  const payload = Buffer.from(`user=${target.user}\x01auth=Bearer ${target.accessToken}\x01\x01`).toString("base64");
  try {
    await DIALOGUES[target.protocol](lines, payload, target);
    return { ok: true };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, code: error.code, message: error.message };
    const code = error instanceof Error && "code" in error ? String(error.code) : "CONNECTION";
    return { ok: false, code, message: error instanceof Error ? error.message : String(error) };
  } finally {
    lines.close();
  }
}

class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Dialogue = (lines: Lines, payload: string, target: LoginTarget) => Promise<void>;

const DIALOGUES: Readonly<Record<LoginTarget["protocol"], Dialogue>> = {
  imap: async (lines, payload) => {
    await lines.open(true);
    await lines.expect(/^\* OK/);
    lines.send("a AUTHENTICATE XOAUTH2");
    await lines.expect(/^\+/);
    lines.send(payload);
    if ((await lines.until(/^(\+|a )/)).startsWith("+")) lines.send("");
    else lines.back();
    await lines.expectTagged("a");
    lines.send("b EXAMINE INBOX");
    await lines.expectTagged("b");
    lines.send("c LOGOUT");
  },
  pop3: async (lines, payload) => {
    await lines.open(true);
    await lines.expect(/^\+OK/);
    lines.send("AUTH XOAUTH2");
    await lines.expect(/^\+ /);
    lines.send(payload);
    if (/^\+ /.test(await lines.until(/^(\+|-)/))) lines.send("");
    else lines.back();
    await lines.expect(/^\+OK/);
    lines.send("STAT");
    await lines.expect(/^\+OK/);
    lines.send("QUIT");
  },
  smtp: async (lines, payload, { port }) => {
    const implicit = port === 465;
    await lines.open(implicit);
    await lines.expect(/^220 /);
    lines.send("EHLO dynamics.sandbox");
    await lines.expect(/^250 /);
    if (!implicit) {
      lines.send("STARTTLS");
      await lines.expect(/^220 /);
      await lines.startTls();
      lines.send("EHLO dynamics.sandbox");
      await lines.expect(/^250 /);
    }
    lines.send("AUTH XOAUTH2");
    await lines.expect(/^334/);
    lines.send(payload);
    if ((await lines.until(/^\d{3} /)).startsWith("334")) lines.send("");
    else lines.back();
    await lines.expect(/^235 /);
    lines.send("QUIT");
  },
};

/** RFC 6066 §3: a server name is never an IP address. */
function nameOf(host: string): { servername?: string } {
  return isIP(host) ? {} : { servername: host };
}

/** A socket read line by line, with one deadline for everything. */
class Lines {
  readonly #target: LoginTarget;
  readonly #end: number;
  #socket: Socket | undefined;
  #buffer = "";
  #last = "";
  #kept: string | undefined;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(target: LoginTarget) {
    this.#target = target;
    this.#end = Date.now() + target.timeoutMs;
  }

  async open(secure: boolean): Promise<void> {
    const { host, port } = this.#target.connect;
    const socket = secure
      ? connectTls({ host, port, ...nameOf(this.#target.host), ca: this.#target.ca })
      : connectTcp({ host, port });
    await this.#ready(socket, secure ? "secureConnect" : "connect");
  }

  async startTls(): Promise<void> {
    const { host, ca } = this.#target;
    this.#socket?.removeAllListeners("data");
    this.#buffer = "";
    if (!this.#socket) throw new Error("not connected");
    await this.#ready(connectTls({ socket: this.#socket, ...nameOf(host), ca }), "secureConnect");
  }

  async #ready(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
    this.#socket = socket;
    let open = false;
    socket.once(event, () => {
      open = true;
      this.#wake();
    });
    socket.on("error", (error) => {
      this.#failure ??= error;
      this.#wake();
    });
    socket.on("close", () => {
      this.#failure ??= new Refused("CLOSED", "the server closed the connection");
      this.#wake();
    });
    socket.on("data", (data) => {
      this.#buffer += data.toString("latin1");
      this.#wake();
    });
    while (!open) await this.#more();
  }

  send(line: string): void {
    this.#socket?.write(`${line}\r\n`);
  }

  /** Gives the last line back, to be read once more. */
  back(): void {
    this.#kept = this.#last;
  }

  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = await this.#line();
      if (pattern.test(line)) return line;
    }
  }

  /** The next line that is not continued by another (SMTP: `250-`), which has to be the wanted one. */
  async expect(pattern: RegExp): Promise<void> {
    const line = await this.until(/^(?!\d{3}-)/);
    if (!pattern.test(line)) throw new Refused("REFUSED", line.slice(0, 512));
  }

  async expectTagged(tag: string): Promise<void> {
    const line = await this.until(new RegExp(`^${tag} `));
    if (!line.startsWith(`${tag} OK`)) throw new Refused("REFUSED", line.slice(tag.length + 1, 512));
  }

  async #line(): Promise<string> {
    if (this.#kept !== undefined) {
      const line = this.#kept;
      this.#kept = undefined;
      return line;
    }
    for (;;) {
      const end = this.#buffer.indexOf("\n");
      if (end !== -1) {
        this.#last = this.#buffer.slice(0, end).replace(/\r$/, "");
        this.#buffer = this.#buffer.slice(end + 1);
        return this.#last;
      }
      if (this.#buffer.length > LINE_LIMIT) throw new Refused("PROTOCOL", "a line of the server is too long");
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const left = this.#end - Date.now();
    if (left <= 0) throw new Refused("TIMEOUT", "the server did not answer in time");
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, left);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  close(): void {
    this.#socket?.destroy();
  }
}
