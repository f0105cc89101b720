import type { GoogleState } from "../google/state.ts";
import { Gmail } from "./gmail.ts";
import { imap } from "./imap.ts";
import type { LineProblem } from "./line-connection.ts";
import { type Certificate, type LineServer, type ServerConnection, startLineServer } from "./line-server.ts";
import { pop3 } from "./pop3.ts";
import { smtp } from "./smtp.ts";

export interface GmailOptions {
  /** Asked for anew each time, as the world can be reset. */
  readonly state: () => GoogleState;
  readonly loginDelayMs?: number | undefined;
  /** A certificate for one of Gmail's host names. */
  readonly tls: (host: string) => Certificate;
}

export interface GmailServers {
  /** From the real host and port to where it is served, for example `imap.gmail.com:993` to `127.0.0.1:40993`. */
  readonly connectTo: Record<string, string>;
  close(): Promise<void>;
}

interface Service {
  readonly host: string;
  readonly port: number;
  readonly implicitTls: boolean;
  readonly converse: (connection: ServerConnection, gmail: Gmail) => Promise<void>;
  readonly farewells: Readonly<Partial<Record<LineProblem, string>>>;
}

// Assumption: farewell-words.
const IMAP_FAREWELLS = { timeout: "* BYE Connection timed out", "line-too-long": "* BYE Command line too long" };
const POP_FAREWELLS = { timeout: "-ERR Connection timed out", "line-too-long": "-ERR Command line too long" };
const SMTP_FAREWELLS = {
  timeout: "421 4.4.2 Timeout - closing connection.",
  "line-too-long": "500 5.5.2 Line too long",
};

const SERVICES: readonly Service[] = [
  { host: "imap.gmail.com", port: 993, implicitTls: true, converse: imap, farewells: IMAP_FAREWELLS },
  { host: "pop.gmail.com", port: 995, implicitTls: true, converse: pop3, farewells: POP_FAREWELLS },
  {
    host: "smtp.gmail.com",
    port: 465,
    implicitTls: true,
    converse: (connection, gmail) => smtp(connection, gmail, true),
    farewells: SMTP_FAREWELLS,
  },
  {
    host: "smtp.gmail.com",
    port: 587,
    implicitTls: false,
    converse: (connection, gmail) => smtp(connection, gmail, false),
    farewells: SMTP_FAREWELLS,
  },
];

/** Gmail's mail servers on free ports of the loopback interface. */
export async function startGmail({ state, tls, loginDelayMs }: GmailOptions): Promise<GmailServers> {
  const gmail = new Gmail(state, loginDelayMs);
  const servers: LineServer[] = [];
  const connectTo: Record<string, string> = {};
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    for (const { host, port, implicitTls, converse, farewells } of SERVICES) {
      const server = await startLineServer({
        certificate: tls(host),
        implicitTls,
        converse: (connection) => converse(connection, gmail),
        farewells,
      });
      servers.push(server);
      connectTo[`${host}:${port}`] = `127.0.0.1:${server.port}`;
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { connectTo, close };
}
