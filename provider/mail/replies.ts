import type { Code } from "../codes/codes.ts";
import type { MailCommand, MailProtocol } from "./protocol.ts";
import type { Reply } from "./reply.ts";

/** One kind of refusal. What a row leaves out it does not mind. */
export interface ReplyRow {
  readonly code: Code;
  readonly at?: readonly MailCommand[];
  readonly protocols?: readonly MailProtocol[];
  readonly status?: RegExp;
  /** Held against the text without addresses of pages and machines: they may hold any word, and what looks like a status. */
  readonly text?: RegExp;
}

const AUTHENTICATION = ["auth", "token"] as const;
const BEFORE_LOGIN = ["greeting", "capability", "starttls", "auth"] as const;
const LOGIN = [...BEFORE_LOGIN, "token"] as const;
const INBOX = ["inbox", "search", "remove"] as const;
const MESSAGE = ["mail", "rcpt", "data", "message"] as const;

/** What Gmail says in words of its own: they mean the same wherever they are quoted. */
export const GMAILS_WORDS: readonly { readonly code: Code; readonly matches: RegExp }[] = [
  { code: "IMAP_DISABLED_BY_ADMIN", matches: /IMAP access is disabled for your domain/i },
  { code: "IMAP_DISABLED", matches: /not enabled for IMAP/i },
  { code: "POP_DISABLED_BY_ADMIN", matches: /POP access is disabled for your domain/i },
  { code: "POP_DISABLED", matches: /not enabled for POP/i },
  { code: "WEB_LOGIN_REQUIRED", matches: /web (login required|browser)|(?<!\.)\b5\.7\.14\b(?!\.\d)|WEBALERT/i },
  { code: "PASSWORD_EXPECTED", matches: /application-specific password|(?<!\.)\b5\.7\.9\b(?!\.\d)/i },
  { code: "TOO_MANY_CONNECTIONS", matches: /too many simultaneous connections|\[IN-USE\]|\[LIMIT\]/i },
  { code: "TOO_MANY_LOGINS", matches: /too many login attempts|\[LOGIN-DELAY\]/i },
  { code: "BANDWIDTH_QUOTA", matches: /\bOVERQUOTA\b|bandwidth/i },
  { code: "SENDING_LIMIT", matches: /sending (limit|quota)|(?<!\.)\b5\.4\.5\b(?!\.\d)/i },
];

/**
 * What a refusal means, by the command that it answers: the first row that fits. Words come first, as `[ALERT]`, `-ERR` and 550 carry
 * any meaning; then the codes that RFC 5530 (IMAP), 2449 and 3206 (POP3) and 3463 (SMTP) define; last what a refusal of a command
 * means by itself.
 */
export const REPLIES: readonly ReplyRow[] = [
  ...GMAILS_WORDS.map(({ code, matches }) => ({ code, text: matches })),
  {
    code: "NETWORK_BLOCKED",
    at: LOGIN,
    text: /\b(ip|ip address|host|network)\b.{0,60}\b(block|black ?list|ban|denied|refused|rejected|not allowed|listed)|\b(blocked|listed|rejected) (using|by|in|at|on) \S*(spamhaus|zen|rbl|dnsbl|spamcop|barracuda)/i,
  },
  // Once somebody has a name, these may be said of it and of its token.
  {
    code: "NETWORK_BLOCKED",
    at: BEFORE_LOGIN,
    text: /\b(your|client|this) (address|server|client)\b.{0,60}\b(block|ban|denied|refused|rejected|not allowed)|black ?list/i,
  },
  {
    code: "TLS_REQUIRED",
    text: /\[PRIVACYREQUIRED\]|\b5\.7\.1[01]\b|(must|please) (issue|use|do) (a )?(STARTTLS|STLS|TLS)|encryption (is )?required/i,
  },
  { code: "TLS_REQUIRED", protocols: ["smtp"], status: /^538$/ },

  {
    code: "INBOX_REFUSED",
    at: INBOX,
    text: /\[(NONEXISTENT|NOPERM|CANNOT|CONTACTADMIN|AUTH(ORIZATIONFAILED)?|EXPIRED)\]/i,
  },
  { code: "TOKEN_REFUSED", at: ["token"], text: /\[(AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|AUTH)\]/i },
  { code: "TOO_MANY_CONNECTIONS", text: /\[INUSE\]/i },
  { code: "TEMPORARY", text: /\[(UNAVAILABLE|SERVERBUG|EXPUNGEISSUED|SYS\/TEMP)\]/i },
  { code: "SERVER_FAULT", text: /\[(CORRUPTION|SYS\/PERM)\]/i },
  { code: "BLOCKED_BY_POLICY", text: /\[(CONTACTADMIN|NOPERM)\]/i },
  { code: "COMMAND_REFUSED", text: /\[(CLIENTBUG|CANNOT|BADCHARSET|PARSE)\]/i },

  { code: "MAILBOX_FULL", text: /\b[45]\.2\.2\b|over ?quota|mailbox (is )?full/i },
  { code: "TEMPORARY", text: /\b4\.\d{1,3}\.\d{1,3}\b/ },
  { code: "TEMPORARY", protocols: ["smtp"], status: /^4/ },
  {
    code: "NO_OAUTH",
    at: AUTHENTICATION,
    text: /\b5\.7\.4\b|mechanism .{0,40}(not|un)\W?(support|recogni|avail|known)|(unsupported|unrecognized|unknown) (sasl |auth\w* )?(mechanism|type)/i,
  },
  {
    code: "BLOCKED_BY_POLICY",
    at: AUTHENTICATION,
    text: /\b5\.7\.13\b|\b5\.2\.1\b|account (has been |is )?(disabled|suspended|locked)/i,
  },
  {
    code: "SEND_AS_DENIED",
    at: MESSAGE,
    text: /\b5\.7\.60\b|\b5\.1\.[78]\b|send as|sender address rejected|not owned by/i,
  },
  {
    code: "RECIPIENT_REFUSED",
    at: ["rcpt", "message"],
    text: /\b5\.1\.\d{1,3}\b|\b5\.2\.1\b|(no such|unknown) (user|mailbox|recipient)|(user|mailbox|recipient) .{0,60}(unknown|not exist|not found)/i,
  },
  {
    code: "BLOCKED_BY_POLICY",
    at: AUTHENTICATION,
    text: /\b(by|because of|due to|violates?|against)\b.{0,40}\bpolic(y|ies)\b|not permitted/i,
  },
  // "Please try again" alone is said of wrong passwords.
  {
    code: "TEMPORARY",
    at: [...LOGIN, ...INBOX],
    text: /temporar|(try|again|back) (later|in a )|too busy|overload|shutting down|system error|internal (server )?error/i,
  },

  { code: "TEMPORARY", status: /^BYE$/ },
  // The host takes no mail from anybody (RFC 7504).
  { code: "NO_OAUTH", at: ["greeting"], protocols: ["smtp"], status: /^521$/ },
  { code: "NETWORK_BLOCKED", at: ["greeting"] },
  { code: "TLS_NOT_OFFERED", at: ["starttls"] },
  { code: "NO_OAUTH", at: ["auth"] },
  { code: "NO_OAUTH", at: ["token"], protocols: ["smtp"], status: /^504$/ },
  { code: "COMMAND_REFUSED", at: ["capability", "token"], protocols: ["imap"], status: /^BAD$/ },
  { code: "COMMAND_REFUSED", at: ["capability", "token"], protocols: ["smtp"], status: /^50\d$/ },
  { code: "NETWORK_BLOCKED", at: ["capability"] },
  { code: "TOKEN_REFUSED", at: ["token"] },
  { code: "INBOX_REFUSED", at: INBOX },
  { code: "MESSAGE_REFUSED", at: MESSAGE },
];

/** Servers give their reason at the beginning; in characters. */
const LOOKED_AT = 8192;
/** Addresses of machines, versions, and enhanced statuses (RFC 3463), which are such only where a text begins with one (RFC 2034 §4). */
const NUMBERS = /\b\d{1,5}(?:\.\d{1,5}){2,7}/g;
const ENHANCED = /^[245]\.\d{1,3}\.\d{1,3}$/;

/** The row that a refusal belongs to. */
export function rowOfReply(reply: Reply): ReplyRow {
  const { command, protocol, status } = reply;
  const text = reply.text
    .slice(0, LOOKED_AT)
    .replaceAll(/https?:\/\/\S*/gi, "")
    .replaceAll(NUMBERS, (number, index) => (index === 0 && ENHANCED.test(number) ? number : ""));
  const row = REPLIES.find(
    (one) =>
      (!one.at || one.at.includes(command)) &&
      (!one.protocols || one.protocols.includes(protocol)) &&
      (!one.status || one.status.test(status)) &&
      (!one.text || one.text.test(text)),
  );
  // Nothing is asked before there is a connection.
  return row ?? { code: "UNEXPECTED" };
}
