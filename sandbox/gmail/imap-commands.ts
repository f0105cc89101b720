import { type ImapArgument, quote } from "./imap-arguments.ts";
import { parseFlags, SYSTEM_FLAGS } from "./imap-flags.ts";
import { listMailboxes, selectable } from "./imap-mailboxes.ts";
import { MESSAGE_COMMANDS } from "./imap-messages.ts";
import { BAD_ARGUMENTS, type ImapReply, noFolder, SUCCESS } from "./imap-reply.ts";
import { expunge, type ImapTalk, news } from "./imap-talk.ts";

export type ImapCommand = (talk: ImapTalk, given: readonly ImapArgument[], command: string) => ImapReply;

/** What is served after the login. */
export const IMAP_COMMANDS: ReadonlyMap<string, ImapCommand> = new Map<string, ImapCommand>([
  ["NOOP", () => [SUCCESS]],
  ["NAMESPACE", () => ['* NAMESPACE (("" "/")) NIL NIL', SUCCESS]],
  ["LIST", list],
  ["LSUB", list],
  ["XLIST", list],
  ["CREATE", fixed],
  ["DELETE", fixed],
  ["RENAME", fixed],
  ["SUBSCRIBE", subscribe],
  ["UNSUBSCRIBE", fixed],
  ["STATUS", status],
  ["APPEND", append],
  ["SELECT", open],
  ["EXAMINE", open],
  ["CHECK", (talk) => (talk.opened === undefined ? NOTHING_OPEN : [SUCCESS])],
  ["CLOSE", close],
  ["UNSELECT", leave],
  ["UID", (talk, [name, ...given]) => onMessages(talk, given, String(name).toUpperCase(), "uid")],
  ...[...MESSAGE_COMMANDS.keys()].map((name): [string, ImapCommand] => [
    name,
    (talk, given) => onMessages(talk, given, name, "number"),
  ]),
]);

/** While one of these is answered, the numbers of messages must stay (RFC 3501 §7.4.1). */
const KEEPS_NUMBERS = ["FETCH", "STORE", "SEARCH"];

/** Carries a command out, and tells what else has happened in the open folder. */
export function serve(work: () => ImapReply, talk: ImapTalk, command: string): ImapReply {
  const before = talk.opened;
  const reply = work();
  if (before !== talk.opened || KEEPS_NUMBERS.includes(command)) return reply;
  const tagged = reply.at(-1) ?? SUCCESS;
  return [...reply.slice(0, -1), ...news(talk), tagged];
}

const NOTHING_OPEN: ImapReply = ["BAD No mailbox selected"];

function onMessages(talk: ImapTalk, given: readonly ImapArgument[], name: string, by: "number" | "uid"): ImapReply {
  const { opened } = talk;
  if (opened === undefined) return NOTHING_OPEN;
  return MESSAGE_COMMANDS.get(name)?.(talk, opened, given, by) ?? BAD_ARGUMENTS;
}

function list(_talk: ImapTalk, given: readonly ImapArgument[], command: string): ImapReply {
  const lines = listMailboxes(command, given);
  return lines === undefined ? BAD_ARGUMENTS : [...lines, SUCCESS];
}

function fixed(): ImapReply {
  return ["NO [CANNOT] The folders of the sandbox are fixed (Failure)"];
}

function subscribe(_talk: ImapTalk, [name]: readonly ImapArgument[]): ImapReply {
  return typeof name === "string" && selectable(name) === undefined ? noFolder("NONEXISTENT", name) : [SUCCESS];
}

/** Assumption: imap-figures. */
function open(talk: ImapTalk, [name]: readonly ImapArgument[], command: string): ImapReply {
  if (typeof name !== "string") return BAD_ARGUMENTS;
  talk.opened = undefined;
  const folder = selectable(name);
  if (folder === undefined) return noFolder("NONEXISTENT", name);
  const readOnly = command === "EXAMINE";
  const { mail } = talk.login;
  const known = mail.folder(folder);
  talk.opened = { name: folder, readOnly, known };
  const keywords = known.flatMap(({ flags }) => [...flags]);
  const flags = [...new Set([...SYSTEM_FLAGS, "$NotPhishing", "$Phishing", ...keywords])].join(" ");
  const unseen = known.findIndex(({ flags }) => !flags.has("\\Seen"));
  return [
    `* FLAGS (${flags})`,
    `* OK [PERMANENTFLAGS (${readOnly ? "" : `${flags} \\*`})] Flags permitted.`,
    `* OK [UIDVALIDITY ${mail.uidValidity}] UIDs valid.`,
    `* ${known.length} EXISTS`,
    "* 0 RECENT",
    ...(unseen < 0 ? [] : [`* OK [UNSEEN ${unseen + 1}] First unseen message.`]),
    `* OK [UIDNEXT ${mail.uidNext(folder)}] Predicted next UID.`,
    `OK [${readOnly ? "READ-ONLY" : "READ-WRITE"}] ${folder} selected. (Success)`,
  ];
}

/** Removes what is marked, without a word (RFC 3501 §6.4.2). */
function close(talk: ImapTalk): ImapReply {
  const { opened } = talk;
  if (opened !== undefined && !opened.readOnly) {
    expunge(
      talk,
      opened,
      opened.known.filter(({ flags }) => flags.has("\\Deleted")),
    );
  }
  return leave(talk);
}

function leave(talk: ImapTalk): ImapReply {
  if (talk.opened === undefined) return NOTHING_OPEN;
  talk.opened = undefined;
  return ["OK Returned to authenticated state. (Success)"];
}

/** RFC 3501 §6.3.11, with the code of RFC 4315. */
function append({ login }: ImapTalk, [name, ...given]: readonly ImapArgument[]): ImapReply {
  const content = given.pop();
  const flags = Array.isArray(given[0]) ? parseFlags(given.shift()) : new Set<string>();
  const [date, ...rest] = given;
  const receivedAt = date === undefined ? Date.now() : timeOf(date);
  if (typeof name !== "string" || typeof content !== "string" || flags === undefined || rest.length > 0)
    return BAD_ARGUMENTS;
  if (receivedAt === undefined) return BAD_ARGUMENTS;
  const folder = selectable(name);
  if (folder === undefined) return noFolder("TRYCREATE", name);
  const { uid } = login.mail.add(folder, { content, flags, receivedAt });
  return [`OK [APPENDUID ${login.mail.uidValidity} ${uid}] (Success)`];
}

/** RFC 3501 section 9, "date-time". */
function timeOf(date: ImapArgument): number | undefined {
  const [, day, rest] = /^( ?\d{1,2}-[a-z]{3}-\d{4})( \d\d:\d\d:\d\d [+-]\d{4})$/i.exec(String(date)) ?? [];
  const time = Date.parse(`${day?.trim().replaceAll("-", " ")}${rest}`);
  return Number.isNaN(time) ? undefined : time;
}

function status(talk: ImapTalk, [name, items]: readonly ImapArgument[]): ImapReply {
  if (typeof name !== "string" || items === undefined || typeof items === "string") return BAD_ARGUMENTS;
  const folder = selectable(name);
  if (folder === undefined) return noFolder("NONEXISTENT", name);
  const known = new Map(Object.entries(figures(talk, folder)));
  const shown: string[] = [];
  for (const item of items) {
    const figure = typeof item === "string" ? known.get(item.toUpperCase()) : undefined;
    if (figure === undefined) return BAD_ARGUMENTS;
    shown.push(`${String(item).toUpperCase()} ${figure}`);
  }
  return [`* STATUS ${quote(folder)} (${shown.join(" ")})`, SUCCESS];
}

/** The items of STATUS (RFC 3501 section 6.3.10). */
function figures({ login: { mail } }: ImapTalk, folder: string) {
  const messages = mail.folder(folder);
  return {
    MESSAGES: messages.length,
    RECENT: 0,
    UIDNEXT: mail.uidNext(folder),
    UIDVALIDITY: mail.uidValidity,
    UNSEEN: messages.filter(({ flags }) => !flags.has("\\Seen")).length,
  };
}
