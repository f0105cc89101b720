import { type Code, rowOf } from "../codes/codes.ts";
import { Fault, messageOf, remoteText } from "../fault.ts";
import { transportReason } from "../network/transport-fault.ts";
import { type MailProtocol, MailProtocolError, MailRefusal, NotArrived, type Reply } from "./reply.ts";

/** What a failed check found; the table of codes says what it means and what to do. */
export interface MailProblem {
  readonly code: Code;
  /** What was seen, with the server's own words. */
  readonly said: string;
}

/** Whether trying again may help: it passes by itself. */
export function isRetried({ code }: MailProblem): boolean {
  const { class: its } = rowOf(code);
  return its === "transient" || its === "throttled";
}

interface Row {
  readonly code: Code;
  readonly protocols?: readonly MailProtocol[];
  /** Held against `STATUS text` of a reply. */
  readonly matches: RegExp;
}

/** What Gmail says in words of its own: they mean the same wherever they are quoted. */
export const GMAILS_WORDS: readonly Row[] = [
  { code: "IMAP_DISABLED_BY_ADMIN", matches: /IMAP access is disabled for your domain/i },
  { code: "IMAP_DISABLED", matches: /not enabled for IMAP/i },
  { code: "POP_DISABLED_BY_ADMIN", matches: /POP access is disabled for your domain/i },
  { code: "POP_DISABLED", matches: /not enabled for POP|\[SYS\/PERM\]/i },
  { code: "WEB_LOGIN_REQUIRED", matches: /web (login required|browser)|\b5\.7\.14\b|WEBALERT/i },
  { code: "PASSWORD_EXPECTED", matches: /application-specific password|\b5\.7\.9\b/i },
  {
    code: "TOO_MANY_CONNECTIONS",
    matches: /too many simultaneous connections|\[IN-USE\]|\[LIMIT\]/i,
  },
  { code: "TOO_MANY_LOGINS", matches: /too many login attempts|\[LOGIN-DELAY\]/i },
  { code: "BANDWIDTH_QUOTA", matches: /\bOVERQUOTA\b|bandwidth/i },
  { code: "SENDING_LIMIT", matches: /sending (limit|quota)|\b5\.4\.5\b/i },
];

/**
 * Gmail's refusals, from its documentation and from captures by others. The text decides before the generic code,
 * because `[ALERT]` and `-ERR` carry several meanings. The first match wins.
 */
export const REPLIES: readonly Row[] = [
  ...GMAILS_WORDS,
  { code: "MAILBOX_FULL", matches: /over ?quota|mailbox (is )?full|\b[45]\.2\.2\b/i },
  {
    code: "BLOCKED_BY_POLICY",
    matches: /policy|not permitted|account (has been )?(disabled|suspended)/i,
  },
  {
    code: "TEMPORARY",
    matches: /\[UNAVAILABLE\]|\[SYS\/TEMP\]|temporar|try again later|\b4\.\d+\.\d+\b/i,
  },
  { code: "TLS_REQUIRED", matches: /\b530\b.{0,300}STARTTLS/i },
  {
    code: "TOKEN_REFUSED",
    matches: /\[AUTHENTICATIONFAILED\]|\[AUTH\]|\b5\.7\.8\b|BadCredentials|invalid credentials|not accepted/i,
  },
  { code: "COMMAND_REFUSED", protocols: ["imap"], matches: /^BAD / },
  { code: "COMMAND_REFUSED", protocols: ["smtp"], matches: /^50\d / },
  { code: "TEMPORARY", protocols: ["smtp"], matches: /^4\d\d / },
];

/** What is left is a refused login. */
const OTHERWISE: Row = { code: "TOKEN_REFUSED", matches: /^/ };

/** What went wrong, for anything that a check threw. */
export function classify(error: unknown): MailProblem {
  if (error instanceof MailRefusal) return ofReply(error.reply);
  // Libraries put what the server said into their messages.
  return { code: codeOf(error), said: remoteText(messageOf(error)) };
}

function codeOf(error: unknown): Code {
  if (error instanceof Fault && error.kind === "deadline-exceeded") return "TIMEOUT";
  if (error instanceof NotArrived) return "NOT_ARRIVED";
  if (error instanceof MailProtocolError) return "NOT_THE_PROTOCOL";
  return transportReason(error)?.code ?? "UNEXPECTED";
}

function ofReply(reply: Reply): MailProblem {
  const { status, scope } = reply.challenge ?? {};
  const detail = status ? `; its challenge said status ${status}${scope ? `, scope ${scope}` : ""}` : "";
  const said = `the server said: ${reply.status} ${reply.text}${detail}`;
  return { code: rowOfReply(reply).code, said };
}

/** The row of the table that a reply belongs to. */
export function rowOfReply({ status, text, protocol }: Reply): Row {
  const line = `${status} ${text}`;
  return (
    REPLIES.find(({ matches, protocols }) => matches.test(line) && (!protocols || protocols.includes(protocol))) ??
    OTHERWISE
  );
}
