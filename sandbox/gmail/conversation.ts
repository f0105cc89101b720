import { type LineConnection, LineError } from "./line-connection.ts";
import type { ServerConnection } from "./line-server.ts";
import type { Protocol } from "./refusals.ts";

/** What is said to one command in the end. */
export interface MailAnswer {
  /** Without IMAP's tag. */
  readonly lines: readonly string[];
  /** TLS begins right after it. */
  readonly startsTls?: boolean;
  /** The server closes after it. */
  readonly final?: boolean;
}

/** What comes of it: the answer, half of it, or nothing, with the connection cut or silent for ever. */
export type MailOutcome = MailAnswer | { readonly half: MailAnswer } | "reset" | "hang";

/** A command as faults look at it. */
export interface MailAsked {
  readonly service: Protocol;
  /** As the protocol calls it; `CONNECT` before TLS, `GREETING` for what the server says first. */
  readonly command: string;
  /** Whose login it is, or is to be. */
  readonly account: string | undefined;
  /** The line that the client has sent last. */
  readonly sent: () => string;
}

export type MeetMail = (asked: MailAsked, work: () => Promise<MailAnswer>) => Promise<MailOutcome>;

type Mark = (lines: readonly string[]) => readonly string[];

/** One client's talk with a mail server, turn by turn; each turn can be disturbed. */
export class Conversation {
  readonly connection: ServerConnection;
  readonly protocol: Protocol;
  /** Whose login it is, or is to be. */
  account: string | undefined;
  readonly #meet: MeetMail;

  constructor(connection: ServerConnection, protocol: Protocol, meet: MeetMail) {
    this.connection = connection;
    this.protocol = protocol;
    this.#meet = meet;
  }

  /** Does what a command asks for and answers it; `mark` has the last word on the lines. Whether the talk goes on. */
  async turn(command: string, work: () => Promise<MailAnswer>, mark: Mark = (lines) => lines): Promise<boolean> {
    const { connection, protocol, account } = this;
    const outcome = await this.#meet({ service: protocol, command, account, sent: () => connection.lastLine }, work);
    if (outcome === "hang") return silence(connection);
    if (outcome === "reset") {
      connection.destroy();
      return false;
    }
    if ("half" in outcome) {
      await connection.writeHalf(...mark(outcome.half.lines));
      return false;
    }
    const { startsTls = false, final = false } = outcome;
    const lines = mark(outcome.lines);
    if (startsTls) await connection.startTls(...lines);
    else if (lines.length > 0) await connection.write(...lines);
    return !final;
  }
}

/** Takes what comes and says nothing, until the client has gone. */
async function silence(connection: LineConnection): Promise<false> {
  for (;;) {
    try {
      await connection.readLine();
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      if (error.problem !== "timeout") return false;
    }
  }
}
