import type { Code } from "../codes/codes.ts";
import type { MailCommand, MailPeer, MailProtocol } from "./protocol.ts";

/** A server's refusal in its own words, and what it answers. */
export interface Reply {
  readonly protocol: MailProtocol;
  readonly command: MailCommand;
  /** What the command is called in the protocol; empty for the greeting. */
  readonly verb: string;
  /** IMAP `NO`, `BAD` or `BYE`, POP3 `-ERR`, SMTP's three digits. */
  readonly status: string;
  /** The rest of all its lines, with response codes such as `[ALERT]` and enhanced statuses such as `5.7.8`; as the server wrote it. */
  readonly text: string;
  /** What the server sent before it refused the token (RFC 7628 §3.2.2). */
  readonly challenge?: Challenge | undefined;
}

export interface Challenge {
  readonly status?: string;
  readonly schemes?: string;
  readonly scope?: string;
}

/** The server answered, and the answer was no. */
export class MailRefusal extends Error {
  override readonly name = "MailRefusal";
  readonly reply: Reply;

  constructor(reply: Reply) {
    super("the server refused");
    this.reply = reply;
  }
}

/** What is seen here, without a reply that says it: the code, and what was seen. */
export class MailFailure extends Error {
  override readonly name = "MailFailure";
  readonly code: Code;

  constructor(code: Code, said: string) {
    super(said);
    this.code = code;
  }
}

/** The server does not speak the protocol as it should, or says more than is taken from it. */
export function protocolFailure(said: string): MailFailure {
  return new MailFailure("NOT_THE_PROTOCOL", said);
}

/** What a conversation failed of, and where in it. */
export class ConversationFailure extends Error {
  override readonly name = "ConversationFailure";
  readonly peer: MailPeer;
  readonly command: MailCommand;
  /** What the command is called in the protocol; empty where nothing was asked yet. */
  readonly verb: string;
  /** Whether there was a connection at all. */
  readonly connected: boolean;

  constructor(peer: MailPeer, at: Pick<ConversationFailure, "command" | "verb" | "connected">, cause: unknown) {
    super("the conversation failed", { cause });
    this.peer = peer;
    this.command = at.command;
    this.verb = at.verb;
    this.connected = at.connected;
  }
}
