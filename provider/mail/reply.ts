import { remoteText } from "../fault.ts";
import { jsonOf, textOf } from "../json.ts";

export type MailProtocol = "imap" | "pop3" | "smtp";

/** A server's refusal in its own words. */
export interface Reply {
  readonly protocol: MailProtocol;
  /** IMAP `NO` or `BAD`, POP3 `-ERR`, SMTP's three digits. */
  readonly status: string;
  /** The rest, with response codes such as `[ALERT]` and enhanced statuses such as `5.7.8`. Cleaned and cut. */
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
    super(reply.text);
    this.reply = { ...reply, text: remoteText(reply.text) };
  }
}

/** The server does not speak the protocol as it should, or says more than is taken from it. */
export class MailProtocolError extends Error {
  override readonly name = "MailProtocolError";
}

/** A message that was sent has not come back within the time. */
export class NotArrived extends Error {
  override readonly name = "NotArrived";
}

/** Largest challenge that is decoded, in characters of base64. */
const CHALLENGE_LIMIT = 4096;

/** Decodes a challenge; undefined where it is too large or none. */
export function parseChallenge(base64: string): Challenge | undefined {
  if (base64.length > CHALLENGE_LIMIT) return undefined;
  const body = jsonOf(Buffer.from(base64, "base64").toString("utf8"));
  return body && challengeOf(body);
}

/** The three known members of a challenge, cleaned and cut; nothing else of it is kept. */
export function challengeOf(body: unknown): Challenge {
  const member = (name: keyof Challenge) => {
    const text = textOf(body, name);
    return text ? { [name]: remoteText(text).slice(0, 120) } : {};
  };
  return { ...member("status"), ...member("schemes"), ...member("scope") };
}

/**
 * The initial response of XOAUTH2 (Google: "OAuth 2.0 mechanism"). Control characters in user or token would break the
 * framing and are refused before anything is sent.
 */
export function xoauth2(user: string, token: string): string {
  if (/\p{Cc}/u.test(user) || /[^\x21-\x7e]/.test(token)) {
    throw new MailProtocolError("the address or the token holds characters that cannot be sent");
  }
  return Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString("base64");
}
