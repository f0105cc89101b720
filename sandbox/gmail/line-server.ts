import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { Connections } from "../connections.ts";
import { established, LineConnection, LineError, type LineProblem } from "./line-connection.ts";

/** PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface ServerConnection extends LineConnection {
  /** Begins with TLS, before anything is read or written. */
  secure(): Promise<void>;
  /** Turns to TLS after the lines that say so, as STARTTLS wants it. */
  startTls(...ready: readonly string[]): Promise<void>;
}

export interface LineServerOptions {
  readonly certificate: Certificate;
  /** The whole talk with one client, plain until it turns to TLS. The connection is closed after it. */
  readonly converse: (connection: ServerConnection) => Promise<void>;
  /** Said before the server closes by itself. */
  readonly farewells: Readonly<Partial<Record<LineProblem, string>>>;
  /** How long a client may take for a line, in milliseconds; two minutes by default. */
  readonly idleMs?: number;
}

export interface LineServer {
  readonly port: number;
  /** Ends every connection at once and waits until all are gone. */
  close(): Promise<void>;
}

const IDLE_TIMEOUT = 120_000;
const HANDSHAKE_TIMEOUT = 10_000;
/** About the life of an access token, after which Gmail ends a connection. */
const LONGEST_CONNECTION = 3_600_000;

/** A server of lines ended by CRLF on a free port of the loopback interface. */
export async function startLineServer(options: LineServerOptions): Promise<LineServer> {
  const { certificate, idleMs = IDLE_TIMEOUT } = options;
  const secureContext = createSecureContext(certificate);
  const talks = new Set<Promise<void>>();

  const accept = (socket: Socket) => {
    const talk = converse(new AcceptedConnection(socket, idleMs, secureContext), options);
    talks.add(talk);
    void talk.then(() => talks.delete(talk));
  };
  // Lines are short and waited for: Nagle's algorithm holds the second of two back until the first is acknowledged, 40 ms later.
  const server = createServer({ noDelay: true }, accept);
  const connections = new Connections(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("A server on loopback has no port.");
  return {
    port: address.port,
    async close() {
      const closed = once(server, "close");
      server.close();
      connections.end();
      await Promise.all([closed, ...talks]);
    },
  };
}

class AcceptedConnection extends LineConnection implements ServerConnection {
  readonly #secureContext: SecureContext;

  constructor(socket: Socket, idleMs: number, secureContext: SecureContext) {
    super(socket, () => idleMs);
    this.#secureContext = secureContext;
  }

  secure(): Promise<void> {
    return this.wrap((plain) => this.#handshake(plain));
  }

  async startTls(...ready: readonly string[]): Promise<void> {
    await this.upgrade((plain) => {
      plain.write(ready.map((line) => `${line}\r\n`).join(""));
      return this.#handshake(plain);
    });
  }

  #handshake(plain: Socket): Promise<Socket> {
    const secure = new TLSSocket(plain, { isServer: true, secureContext: this.#secureContext });
    return established(secure, "secure", HANDSHAKE_TIMEOUT);
  }
}

/** Never rejects: what a client does must not end the server. */
async function converse(connection: ServerConnection, options: LineServerOptions): Promise<void> {
  const longest = setTimeout(() => connection.destroy(), LONGEST_CONNECTION);
  try {
    await options.converse(connection).catch(async (error: unknown) => {
      if (!(error instanceof LineError)) throw error;
      const farewell = options.farewells[error.problem];
      if (farewell !== undefined) await connection.write(farewell);
    });
  } catch (error) {
    // Lost connections and failed handshakes are the client's matter; anything else is a defect of the sandbox.
    if (!(error instanceof LineError) && !isTransportError(error)) console.error(error);
  } finally {
    clearTimeout(longest);
    await connection.close();
  }
}

/** Node's TLS and socket errors carry a code, programming errors do not. */
function isTransportError(error: unknown): boolean {
  return error instanceof Error && "code" in error && !(error instanceof TypeError);
}
