import { Fault, messageOf, remoteText } from "../fault.ts";
import { transportReason } from "../network/transport-fault.ts";
import { type MailProtocol, MailProtocolError, MailRefusal, NotArrived, type Reply } from "./reply.ts";

/** What a failed check means for whoever has to mend it. */
export type MailClass =
  | "authentication"
  | "consent"
  | "access-disabled"
  | "policy"
  | "human-needed"
  | "quota"
  | "throttled"
  | "transient"
  | "network"
  | "protocol";

export interface MailProblem {
  readonly class: MailClass;
  /** Stable, for programs. */
  readonly code: string;
  /** What was seen, with the server's own words. */
  readonly message: string;
  /** The page to open, and whether trying again helps. */
  readonly hint: string;
}

/** Classes that may pass by themselves; only these are tried again. */
export const RETRIED: ReadonlySet<MailClass> = new Set(["transient", "throttled"]);

interface Row {
  readonly class: MailClass;
  readonly code: string;
  readonly protocols?: readonly MailProtocol[];
  /** Held against `STATUS text` of a reply. */
  readonly matches: RegExp;
}

/**
 * Gmail's refusals, from its documentation and from captures by others. The text decides before the generic code,
 * because `[ALERT]` and `-ERR` carry several meanings. The first match wins.
 */
export const REPLIES: readonly Row[] = [
  { class: "access-disabled", code: "IMAP_DISABLED_BY_ADMIN", matches: /IMAP access is disabled for your domain/i },
  { class: "access-disabled", code: "IMAP_DISABLED", matches: /not enabled for IMAP/i },
  { class: "access-disabled", code: "POP_DISABLED_BY_ADMIN", matches: /POP access is disabled for your domain/i },
  { class: "access-disabled", code: "POP_DISABLED", matches: /not enabled for POP|\[SYS\/PERM\]/i },
  { class: "human-needed", code: "WEB_LOGIN_REQUIRED", matches: /web (login required|browser)|\b5\.7\.14\b|WEBALERT/i },
  { class: "protocol", code: "PASSWORD_EXPECTED", matches: /application-specific password|\b5\.7\.9\b/i },
  {
    class: "throttled",
    code: "TOO_MANY_CONNECTIONS",
    matches: /too many simultaneous connections|\[IN-USE\]|\[LIMIT\]/i,
  },
  { class: "throttled", code: "TOO_MANY_LOGINS", matches: /too many login attempts|\[LOGIN-DELAY\]/i },
  { class: "quota", code: "BANDWIDTH_QUOTA", matches: /\[OVERQUOTA\]|bandwidth/i },
  { class: "quota", code: "SENDING_LIMIT", matches: /sending (limit|quota)|\b5\.4\.5\b/i },
  { class: "quota", code: "MAILBOX_FULL", matches: /over ?quota|mailbox (is )?full|\b[45]\.2\.2\b/i },
  {
    class: "policy",
    code: "BLOCKED_BY_POLICY",
    matches: /policy|not permitted|account (has been )?(disabled|suspended)/i,
  },
  {
    class: "transient",
    code: "TEMPORARY",
    matches: /\[UNAVAILABLE\]|\[SYS\/TEMP\]|temporar|try again later|\b4\.\d+\.\d+\b/i,
  },
  { class: "protocol", code: "TLS_REQUIRED", matches: /\b530\b.*STARTTLS/i },
  {
    class: "authentication",
    code: "TOKEN_REFUSED",
    matches: /\[AUTHENTICATIONFAILED\]|\[AUTH\]|\b5\.7\.8\b|BadCredentials|invalid credentials|not accepted/i,
  },
  { class: "protocol", code: "COMMAND_REFUSED", protocols: ["imap"], matches: /^BAD / },
  { class: "protocol", code: "COMMAND_REFUSED", protocols: ["smtp"], matches: /^50\d / },
  { class: "transient", code: "TEMPORARY", protocols: ["smtp"], matches: /^4\d\d / },
];

/** What is left is a refused login. */
const OTHERWISE = { class: "authentication", code: "TOKEN_REFUSED" } as const;

const PAGES = {
  settings: "https://mail.google.com/mail/u/0/#settings/fwdandpop",
  admin: "https://admin.google.com/ac/apps/gmail/enduseraccess",
  apps: "https://admin.google.com/ac/owl/list?tab=configuredApps",
  connections: "https://support.google.com/mail/answer/7126229",
} as const;

/** What to do, by code; for what kept an answer from coming, where mail has more to say than the transport. */
const HINTS: Readonly<Record<string, string>> = {
  IMAP_DISABLED: `The mailbox's user switches IMAP on: ${PAGES.settings}. Trying again helps only after that.`,
  IMAP_DISABLED_BY_ADMIN: `A Workspace administrator allows IMAP for the organisational unit: ${PAGES.admin}. It can take a day.`,
  POP_DISABLED: `The mailbox's user switches POP on: ${PAGES.settings}. Trying again helps only after that.`,
  POP_DISABLED_BY_ADMIN: `A Workspace administrator allows POP for the organisational unit: ${PAGES.admin}. It can take a day.`,
  WEB_LOGIN_REQUIRED: "Sign in to the mailbox once in a browser, https://mail.google.com, and answer what Google asks.",
  TOKEN_REFUSED: `Gmail refuses the token: it is expired, for another account, without the scope https://mail.google.com/, or of an app that the organisation does not allow (${PAGES.apps}).`,
  TOO_MANY_CONNECTIONS: `Gmail allows 15 connections per account, and other clients hold them: ${PAGES.connections}. Trying again later helps.`,
  TOO_MANY_LOGINS: "There were too many logins in a short time. Trying again later helps.",
  BANDWIDTH_QUOTA: "The account has used up its bandwidth for the day. Trying again tomorrow helps.",
  SENDING_LIMIT: "The account has sent as many messages as it may in a day. Trying again tomorrow helps.",
  MAILBOX_FULL: "The mailbox is full: delete mail, or get more storage.",
  BLOCKED_BY_POLICY: `A policy of the organisation blocks the app or the account; a Workspace administrator looks at ${PAGES.apps}.`,
  REFUSED:
    "Nothing listens there, or a firewall refuses: mail ports 993, 995, 465 and 587 have to be open to the outside.",
  UNREACHABLE: "Check that a firewall lets this machine out on the mail ports 993, 995, 465 and 587.",
  TIMEOUT: "The server did not answer in time: check that a firewall lets this machine out on the mail ports.",
  CONNECTION_CUT: "The connection was cut. Trying again helps, unless something between here and there cuts it.",
  TEMPORARY: "The server has a passing problem. Trying again helps.",
};
const UNEXPECTED = { class: "protocol", code: "UNEXPECTED" } as const;
const OUR_FAULT = "This should not happen: please report it.";

/** What went wrong, for anything that a check threw. Nothing in it holds the token: `mask` takes it out. */
export function classify(error: unknown, mask: (text: string) => string): MailProblem {
  if (error instanceof MailRefusal) return ofReply(error.reply, mask);
  if (error instanceof Fault && error.kind === "deadline-exceeded") {
    return { class: "network", code: "TIMEOUT", message: mask(error.message), hint: HINTS["TIMEOUT"] ?? OUR_FAULT };
  }
  if (error instanceof NotArrived) {
    const hint =
      "It was accepted and may arrive later; look for its subject. Filters that move mail out of the inbox hide it from Dynamics too.";
    return { class: "transient", code: "NOT_ARRIVED", message: mask(error.message), hint };
  }
  if (error instanceof MailProtocolError) {
    return {
      class: "protocol",
      code: "NOT_THE_PROTOCOL",
      message: mask(error.message),
      hint: "Something else than a mail server answered, or a broken one: check host and port.",
    };
  }
  // Libraries put what the server said into their messages.
  const message = remoteText(mask(messageOf(error)));
  const reason = transportReason(error);
  if (!reason) return { ...UNEXPECTED, message, hint: OUR_FAULT };
  const { code, hint } = reason;
  // Only what was cut may go well the next time; what cannot be reached is not reached in a second either.
  const passes = code === "CONNECTION_CUT";
  return { class: passes ? "transient" : "network", code, message, hint: HINTS[code] ?? hint ?? OUR_FAULT };
}

function ofReply(reply: Reply, mask: (text: string) => string): MailProblem {
  const line = `${reply.status} ${reply.text}`;
  const row =
    REPLIES.find(
      ({ matches, protocols }) => matches.test(line) && (!protocols || protocols.includes(reply.protocol)),
    ) ?? OTHERWISE;
  const { status, scope } = reply.challenge ?? {};
  const detail = status ? `; its challenge said status ${status}${scope ? `, scope ${scope}` : ""}` : "";
  return {
    class: row.class,
    code: row.code,
    message: mask(`the server said: ${line}${detail}`),
    hint: HINTS[row.code] ?? OUR_FAULT,
  };
}
