import { remoteText } from "../fault.ts";
import { jsonOf, textOf } from "../json.ts";
import { minted } from "../redaction/secrets.ts";

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

export const MECHANISMS = ["XOAUTH2", "OAUTHBEARER"] as const;
export type Mechanism = (typeof MECHANISMS)[number];

/** XOAUTH2, which Gmail documents, unless the server offers the other only. */
export function mechanismOf(offered: readonly string[]): Mechanism {
  return !offered.includes("XOAUTH2") && offered.includes("OAUTHBEARER") ? "OAUTHBEARER" : "XOAUTH2";
}

/**
 * The initial response of XOAUTH2 (Google: "OAuth 2.0 mechanism") or OAUTHBEARER (RFC 7628 §3.1), in base64. Control
 * characters in user or token would break the framing and are refused before anything is sent.
 */
export function initialResponse(mechanism: Mechanism, user: string, token: string): string {
  if (/\p{Cc}/u.test(user) || /[^\x21-\x7e]/.test(token)) {
    throw new MailProtocolError("the address or the token holds characters that cannot be sent");
  }
  // The server may send it back.
  minted(token);
  const name = user.replaceAll("=", "=3D").replaceAll(",", "=2C");
  const start = { XOAUTH2: `user=${user}`, OAUTHBEARER: `n,a=${name},` }[mechanism];
  return Buffer.from(`${start}\x01auth=Bearer ${token}\x01\x01`).toString("base64");
}

/** What a client says to a challenge before the server refuses: an empty line, or Control A (RFC 7628 §3.2.3). */
export const CHALLENGE_ANSWERS: Readonly<Record<Mechanism, string>> = { XOAUTH2: "", OAUTHBEARER: "AQ==" };
