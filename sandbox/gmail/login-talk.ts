import { type LineConnection, LineError } from "./line-connection.ts";

/** How far a login came, or what stopped it. */
export type LoginCode = "INPUT" | "CONNECTION" | "TLS" | "TIMEOUT" | "PROTOCOL" | "AUTHENTICATION" | "MAILBOX";

export class LoginFailure extends Error {
  override readonly name = "LoginFailure";
  readonly code: LoginCode;

  constructor(code: LoginCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The client's side of a connection on which a login goes on. */
export interface LoginTalk {
  readonly connection: LineConnection;
  /** The XOAUTH2 initial response in base64. Never show it: it holds the token. */
  readonly payload: string;
  /** Whether TLS is on already. */
  readonly secure: boolean;
  startTls(): Promise<void>;
}

/** Lines that one reply may have. */
const REPLY_LIMIT = 1_000;

/** Reads lines up to the one that ends a reply, which it includes. */
export async function readReply(talk: LoginTalk, isLast: (line: string) => boolean): Promise<string[]> {
  const lines: string[] = [];
  while (lines.length < REPLY_LIMIT) {
    const line = await talk.connection.readLine();
    lines.push(line);
    if (isLast(line)) return lines;
  }
  throw new LoginFailure("PROTOCOL", `The server's reply did not end after ${REPLY_LIMIT} lines`);
}

/** Says goodbye and waits for the answer. The check is done by then, so nothing that goes wrong matters. */
export async function goodbye(talk: LoginTalk, command: string): Promise<void> {
  try {
    await talk.connection.write(command);
    await talk.connection.readLine();
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
  }
}
