import type { GoogleState } from "../google/state.ts";
import { Conversation, type MeetMail } from "./conversation.ts";
import { Gmail } from "./gmail.ts";
import { imap } from "./imap.ts";
import type { LineProblem } from "./line-connection.ts";
import { type Certificate, type LineServer, startLineServer } from "./line-server.ts";
import { pop3 } from "./pop3.ts";
import type { Protocol } from "./refusals.ts";
import { smtp } from "./smtp.ts";

export interface GmailOptions {
  /** Asked for anew each time, as the world can be reset. */
  readonly state: () => GoogleState;
  readonly loginDelayMs?: number | undefined;
  /** A certificate for one of Gmail's host names. */
  readonly tls: (host: string) => Certificate;
  /** Meets every command, and may disturb it. */
  readonly meet: MeetMail;
}

export interface GmailServers {
  /** From the real host and port to where it is served, for example `imap.gmail.com:993` to `127.0.0.1:40993`. */
  readonly connectTo: Record<string, string>;
  close(): Promise<void>;
}

interface Service {
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
  readonly implicitTls: boolean;
}

type Talk = (conversation: Conversation, gmail: Gmail, implicitTls: boolean) => Promise<void>;

const TALKS: Readonly<Record<Protocol, Talk>> = { imap, pop3, smtp };

// Assumption: farewell-words.
const FAREWELLS: Readonly<Record<Protocol, Readonly<Partial<Record<LineProblem, string>>>>> = {
  imap: { timeout: "* BYE Connection timed out", "line-too-long": "* BYE Command line too long" },
  pop3: { timeout: "-ERR Connection timed out", "line-too-long": "-ERR Command line too long" },
  smtp: { timeout: "421 4.4.2 Timeout - closing connection.", "line-too-long": "500 5.5.2 Line too long" },
};

const SERVICES: readonly Service[] = [
  { protocol: "imap", host: "imap.gmail.com", port: 993, implicitTls: true },
  { protocol: "pop3", host: "pop.gmail.com", port: 995, implicitTls: true },
  { protocol: "smtp", host: "smtp.gmail.com", port: 465, implicitTls: true },
  { protocol: "smtp", host: "smtp.gmail.com", port: 587, implicitTls: false },
];

/** Gmail's mail servers on free ports of the loopback interface. */
export async function startGmail({ state, tls, loginDelayMs, meet }: GmailOptions): Promise<GmailServers> {
  const gmail = new Gmail(state, loginDelayMs);
  const servers: LineServer[] = [];
  const connectTo: Record<string, string> = {};
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    for (const { protocol, host, port, implicitTls } of SERVICES) {
      const server = await startLineServer({
        certificate: tls(host),
        converse: async (connection) => {
          const conversation = new Conversation(connection, protocol, meet);
          const begin = async () => {
            if (implicitTls) await connection.secure();
            return { lines: [] };
          };
          if (await conversation.turn("CONNECT", begin)) await TALKS[protocol](conversation, gmail, implicitTls);
        },
        farewells: FAREWELLS[protocol],
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
