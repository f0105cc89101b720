import type { Login } from "./gmail.ts";
import { type ImapArgument, quote } from "./imap-arguments.ts";
import { listMailboxes, selectable } from "./imap-mailboxes.ts";
import type { StoredMessage } from "./mail-store.ts";

/** What is known about one client after its login. */
export interface ImapTalk {
  readonly login: Login;
  /** Name of the open folder. */
  selected: string | undefined;
  /** UIDs that are marked to be removed. */
  readonly deleted: Set<number>;
}

/** Untagged lines, then the tagged one without its tag. */
export type ImapReply = readonly [...untagged: string[], tagged: string];

export type ImapCommand = (talk: ImapTalk, given: readonly ImapArgument[], command: string) => ImapReply;

export const SUCCESS = "OK Success";
const BAD_ARGUMENTS: ImapReply = ["BAD Could not parse command"];

/**
 * What is served after the login: enough to find a message by a header and to remove it. Commands that Gmail announces and
 * this table lacks (IDLE, COMPRESS, FETCH and its like) are answered as unknown.
 */
export const IMAP_COMMANDS: ReadonlyMap<string, ImapCommand> = new Map<string, ImapCommand>([
  ["NAMESPACE", () => ['* NAMESPACE (("" "/")) NIL NIL', SUCCESS]],
  ["LIST", list],
  ["LSUB", list],
  ["XLIST", list],
  ["STATUS", status],
  ["SELECT", open],
  ["EXAMINE", open],
  ["CHECK", () => [SUCCESS]],
  ["CLOSE", leave],
  ["UID", uid],
  ["UNSELECT", leave],
  ["ENABLE", (_talk, given) => [`* ENABLED${given.includes("CONDSTORE") ? " CONDSTORE" : ""}`, SUCCESS]],
]);

function list(_talk: ImapTalk, given: readonly ImapArgument[], command: string): ImapReply {
  const lines = listMailboxes(command, given);
  return lines === undefined ? BAD_ARGUMENTS : [...lines, SUCCESS];
}

/** Assumption: imap-figures. */
function open(talk: ImapTalk, [name]: readonly ImapArgument[], command: string): ImapReply {
  if (typeof name !== "string") return BAD_ARGUMENTS;
  const mailbox = selectable(name);
  talk.selected = mailbox;
  if (mailbox === undefined) return unknownMailbox(name);
  const readOnly = command === "EXAMINE";
  const flags = "\\Answered \\Flagged \\Draft \\Deleted \\Seen $NotPhishing $Phishing";
  const { MESSAGES, UIDNEXT } = figures(talk, mailbox);
  return [
    `* FLAGS (${flags})`,
    `* OK [PERMANENTFLAGS (${readOnly ? "" : `${flags} \\*`})] Flags permitted.`,
    "* OK [UIDVALIDITY 1] UIDs valid.",
    `* ${MESSAGES} EXISTS`,
    "* 0 RECENT",
    `* OK [UIDNEXT ${UIDNEXT}] Predicted next UID.`,
    "* OK [HIGHESTMODSEQ 1]",
    `OK [${readOnly ? "READ-ONLY" : "READ-WRITE"}] ${mailbox} selected. (Success)`,
  ];
}

/** `UID SEARCH HEADER name value`, `UID STORE n +FLAGS (\\Deleted)` and `UID EXPUNGE n` (RFC 3501 §6.4.8, RFC 4315 §2.1). */
function uid(talk: ImapTalk, [name, ...given]: readonly ImapArgument[]): ImapReply {
  if (talk.selected === undefined) return ["BAD No mailbox selected"];
  const { login } = talk;
  const number = Number(given[0]);
  const message = login.inbox.find((candidate) => candidate.uid === number);
  switch (String(name).toUpperCase()) {
    case "SEARCH":
      return search(login.inbox, given);
    case "STORE":
      if (message && JSON.stringify(given).includes("Deleted")) talk.deleted.add(message.uid);
      return [SUCCESS];
    case "EXPUNGE": {
      if (!message || !talk.deleted.delete(message.uid)) return [SUCCESS];
      const place = login.inbox.indexOf(message) + 1;
      login.remove(message.uid);
      return [`* ${place} EXPUNGE`, SUCCESS];
    }
    default:
      return BAD_ARGUMENTS;
  }
}

/** Headers are unfolded before they are compared (RFC 5322 §2.2.3). */
function search(inbox: readonly StoredMessage[], [key, header, value]: readonly ImapArgument[]): ImapReply {
  if (String(key).toUpperCase() !== "HEADER" || typeof header !== "string" || typeof value !== "string")
    return BAD_ARGUMENTS;
  const found = inbox.filter(({ content }) =>
    (content.split("\r\n\r\n")[0] ?? "")
      .replace(/\r\n[ \t]+/g, " ")
      .split("\r\n")
      .some((line) => line.toLowerCase().startsWith(`${header.toLowerCase()}:`) && line.includes(value)),
  );
  return [`* SEARCH${found.map((message) => ` ${message.uid}`).join("")}`, SUCCESS];
}

function leave(talk: ImapTalk): ImapReply {
  if (talk.selected === undefined) return ["BAD No mailbox selected"];
  talk.selected = undefined;
  return ["OK Returned to authenticated state. (Success)"];
}

function status(talk: ImapTalk, [name, items]: readonly ImapArgument[]): ImapReply {
  if (typeof name !== "string" || items === undefined || typeof items === "string") return BAD_ARGUMENTS;
  const mailbox = selectable(name);
  if (mailbox === undefined) return unknownMailbox(name);
  const known = new Map(Object.entries(figures(talk, mailbox)));
  const shown: string[] = [];
  for (const item of items) {
    const figure = typeof item === "string" ? known.get(item.toUpperCase()) : undefined;
    if (figure === undefined) return BAD_ARGUMENTS;
    shown.push(`${String(item).toUpperCase()} ${figure}`);
  }
  return [`* STATUS ${quote(mailbox)} (${shown.join(" ")})`, SUCCESS];
}

/** The items of STATUS (RFC 3501 section 6.3.10, RFC 7162, RFC 8438). Mail is only ever in the inbox, and unread. */
function figures({ login }: ImapTalk, mailbox: string) {
  const messages: readonly StoredMessage[] = mailbox === "INBOX" ? login.inbox : [];
  return {
    MESSAGES: messages.length,
    RECENT: 0,
    UIDNEXT: (messages.at(-1)?.uid ?? 0) + 1,
    UIDVALIDITY: 1,
    UNSEEN: messages.length,
    HIGHESTMODSEQ: 1,
  };
}

function unknownMailbox(name: string): ImapReply {
  const shown = name.slice(0, 100).replace(/[^ -~]/g, "?");
  return [`NO [NONEXISTENT] Unknown Mailbox: ${shown} (Failure)`];
}
