import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, createServer as createTlsServer, TLSSocket } from "node:tls";

/** Longest line that is taken, in bytes; longer ones end the connection. */
const LINE_LIMIT = 64 * 1024;
/** A silent client is let go after this long, in milliseconds. */
const IDLE_MS = 60_000;

export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** One client's conversation. */
export interface Connection {
  readonly secure: boolean;
  send(...lines: string[]): void;
  /** Says goodbye and closes. */
  end(...lines: string[]): void;
  /** Goes on over TLS from here; what the client sent in clear before that is dropped (RFC 3207 §4.2). */
  startTls(): void;
}

/** What a protocol does with a connection: greet, then take line after line. */
export interface Dialect {
  readonly name: string;
  greet(connection: Connection): void;
  line(connection: Connection, text: string): void;
}

export interface LineServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a line-based protocol on a free loopback port, over TLS from the start or when the dialect asks for it. */
export async function serveLines(options: {
  readonly dialect: () => Dialect;
  readonly identity: Identity;
  readonly implicitTls: boolean;
}): Promise<LineServer> {
  const { dialect, identity, implicitTls } = options;
  const open = new Set<Socket>();
  const accept = (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    converse(socket, dialect(), identity, implicitTls);
  };
  const server: Server = implicitTls ? createTlsServer({ ...identity }, accept) : createServer(accept);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function converse(first: Socket, dialect: Dialect, identity: Identity, secure: boolean): void {
  let socket = first;
  let buffered = Buffer.alloc(0);
  const listen = () => {
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("data", take);
  };
  const take = (data: Buffer) => {
    buffered = Buffer.concat([buffered, data]);
    for (;;) {
      const end = buffered.indexOf("\n");
      if (end > LINE_LIMIT || (end === -1 && buffered.length > LINE_LIMIT)) {
        socket.destroy();
        return;
      }
      if (end === -1 || socket.destroyed) return;
      const line = buffered.subarray(0, end).toString("latin1").replace(/\r$/, "");
      buffered = buffered.subarray(end + 1);
      dialect.line(connection, line);
    }
  };
  const connection: Connection & { secure: boolean } = {
    secure,
    send: (...lines) => {
      if (socket.writable) socket.write(lines.map((line) => `${line}\r\n`).join(""));
    },
    end: (...lines) => {
      socket.end(lines.map((line) => `${line}\r\n`).join(""));
    },
    startTls: () => {
      socket.removeListener("data", take);
      buffered = Buffer.alloc(0);
      socket = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ ...identity }) });
      connection.secure = true;
      listen();
    },
  };
  listen();
  dialect.greet(connection);
}
