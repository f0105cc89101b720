import { remoteText } from "../fault.ts";
import { jsonOf, textOf } from "../json.ts";
import { minted } from "../redaction/secrets.ts";
import { type Challenge, MailFailure } from "./reply.ts";

/** Largest challenge that is decoded, in characters of base64. */
const CHALLENGE_LIMIT = 4096;

/** The three known members of a challenge, cleaned and cut; undefined where it is too large or none. */
export function parseChallenge(base64: string): Challenge | undefined {
  if (base64.length > CHALLENGE_LIMIT) return undefined;
  const body = jsonOf(Buffer.from(base64, "base64").toString("utf8"));
  if (!body) return undefined;
  const member = (name: keyof Challenge) => {
    const text = textOf(body, name);
    return text ? { [name]: remoteText(text).slice(0, 120) } : {};
  };
  return { ...member("status"), ...member("schemes"), ...member("scope") };
}

const MECHANISMS = ["XOAUTH2", "OAUTHBEARER"] as const;
export type Mechanism = (typeof MECHANISMS)[number];

/** XOAUTH2, which Gmail documents, unless the server offers the other only; undefined where it offers neither. */
export function mechanismOf(offered: readonly string[]): Mechanism | undefined {
  return MECHANISMS.find((mechanism) => offered.includes(mechanism));
}

/**
 * The initial response of XOAUTH2 (Google: "OAuth 2.0 mechanism") or OAUTHBEARER (RFC 7628 §3.1), in base64. Control
 * characters in user or token would break the framing and are refused before anything is sent.
 */
export function initialResponse(mechanism: Mechanism, user: string, token: string): string {
  if (/\p{Cc}/u.test(user)) throw new MailFailure("RECIPIENT_REFUSED", "the address holds control characters");
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new MailFailure("TOKEN", "the token holds white space or other characters that cannot be sent");
  }
  // The server may send it back.
  minted(token);
  const name = user.replaceAll("=", "=3D").replaceAll(",", "=2C");
  const start = { XOAUTH2: `user=${user}`, OAUTHBEARER: `n,a=${name},` }[mechanism];
  return Buffer.from(`${start}\x01auth=Bearer ${token}\x01\x01`).toString("base64");
}

/** What a client says to a challenge before the server refuses: an empty line, or Control A (RFC 7628 §3.2.3). */
export const CHALLENGE_ANSWERS: Readonly<Record<Mechanism, string>> = { XOAUTH2: "", OAUTHBEARER: "AQ==" };
