import type { ImapArgument } from "./imap-arguments.ts";
import { fetchPlan } from "./imap-fetch.ts";
import { changedFlags, flagList, parseFlags } from "./imap-flags.ts";
import { selectable } from "./imap-mailboxes.ts";
import { BAD_ARGUMENTS, type ImapReply, noFolder, SUCCESS } from "./imap-reply.ts";
import { search } from "./imap-search.ts";
import { inSet, type NumberedBy, type Placed, setOf } from "./imap-sequence.ts";
import { expunge, type ImapTalk, type OpenFolder, placedIn, replace } from "./imap-talk.ts";
import type { StoredMessage } from "./mail-store.ts";

type MessageCommand = (talk: ImapTalk, folder: OpenFolder, given: readonly ImapArgument[], by: NumberedBy) => ImapReply;

/** Octets of the messages that one FETCH answers with. */
const REPLY_LIMIT = 96 * 1024 * 1024;

/** Commands on the messages of the open folder, which all go by sequence number, or by UID behind `UID` (RFC 3501 §6.4.8). */
export const MESSAGE_COMMANDS: ReadonlyMap<string, MessageCommand> = new Map<string, MessageCommand>([
  ["FETCH", fetch],
  ["SEARCH", find],
  ["STORE", store],
  ["COPY", copy],
  ["MOVE", move],
  ["EXPUNGE", remove],
]);

function fetch(talk: ImapTalk, folder: OpenFolder, [set, items]: readonly ImapArgument[], by: NumberedBy): ImapReply {
  const plan = fetchPlan(items, by === "uid");
  const chosen = choose(folder, set, by);
  if (plan === undefined || chosen === undefined) return BAD_ARGUMENTS;
  const lines: string[] = [];
  let octets = 0;
  for (const { number, message } of chosen) {
    const seen = plan.reads && !folder.readOnly && !message.flags.has("\\Seen");
    const shown = seen ? flag(talk, folder, message, new Set([...message.flags, "\\Seen"])) : message;
    // Who reads a message is told that it is read now.
    const line = plan.show({ number, message: shown }, seen);
    octets += line.length;
    if (octets > REPLY_LIMIT) return ["NO [LIMIT] The answer is too large: fetch fewer messages (Failure)"];
    lines.push(line);
  }
  return [...lines, SUCCESS];
}

function find(_: ImapTalk, folder: OpenFolder, given: readonly ImapArgument[], by: NumberedBy): ImapReply {
  const found = search(placedIn(folder), given);
  if (found === "bad") return BAD_ARGUMENTS;
  if (found === "charset")
    return ["NO [BADCHARSET (US-ASCII UTF-8)] The specified charset is not supported. (Failure)"];
  const numbers = found.messages.map(({ number, message }) => ` ${by === "uid" ? message.uid : number}`);
  return [`* SEARCH${numbers.join("")}`, SUCCESS];
}

function store(
  talk: ImapTalk,
  folder: OpenFolder,
  [set, what, ...rest]: readonly ImapArgument[],
  by: NumberedBy,
): ImapReply {
  const [, sign, silent] = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(String(what)) ?? [];
  // Flags may stand without parentheses.
  const flags = parseFlags(rest.flat());
  const chosen = choose(folder, set, by);
  if (sign === undefined || rest.length === 0 || flags === undefined || chosen === undefined) return BAD_ARGUMENTS;
  if (folder.readOnly) return READ_ONLY;
  const lines: string[] = [];
  for (const { number, message } of chosen) {
    const changed = changedFlags(message.flags, sign, flags);
    if (changed === undefined) return [...lines, "NO [LIMIT] A message has too many flags (Failure)"];
    flag(talk, folder, message, changed);
    const uid = by === "uid" ? `UID ${message.uid} ` : "";
    if (silent === undefined) lines.push(`* ${number} FETCH (${uid}FLAGS ${flagList(changed)})`);
  }
  return [...lines, SUCCESS];
}

/** RFC 4315 section 3, "COPYUID". */
function copy(talk: ImapTalk, folder: OpenFolder, given: readonly ImapArgument[], by: NumberedBy): ImapReply {
  const copied = copies(talk, folder, given, by);
  return "refused" in copied ? copied.refused : [copied.code === "" ? SUCCESS : `OK ${copied.code} (Success)`];
}

/** RFC 6851. */
function move(talk: ImapTalk, folder: OpenFolder, given: readonly ImapArgument[], by: NumberedBy): ImapReply {
  if (folder.readOnly) return READ_ONLY;
  const copied = copies(talk, folder, given, by);
  if ("refused" in copied) return copied.refused;
  const told = copied.code === "" ? [] : [`* OK ${copied.code} Moved`];
  return [...told, ...expunge(talk, folder, copied.messages), SUCCESS];
}

type Copied = { readonly code: string; readonly messages: readonly StoredMessage[] } | { readonly refused: ImapReply };

function copies(talk: ImapTalk, folder: OpenFolder, [set, name]: readonly ImapArgument[], by: NumberedBy): Copied {
  const chosen = choose(folder, set, by);
  if (chosen === undefined || typeof name !== "string") return { refused: BAD_ARGUMENTS };
  const target = selectable(name);
  if (target === undefined) return { refused: noFolder("TRYCREATE", name) };
  const { mail } = talk.login;
  const messages = chosen.map(({ message }) => message);
  const made = messages.map((message) => mail.add(target, message));
  const code = made.length === 0 ? "" : `[COPYUID ${mail.uidValidity} ${setOf(messages)} ${setOf(made)}]`;
  return { code, messages };
}

/** `UID EXPUNGE` takes a set (RFC 4315 §2.1), EXPUNGE none. */
function remove(talk: ImapTalk, folder: OpenFolder, [set]: readonly ImapArgument[], by: NumberedBy): ImapReply {
  const chosen = by === "uid" ? choose(folder, set, by) : placedIn(folder);
  if (chosen === undefined) return BAD_ARGUMENTS;
  if (folder.readOnly) return READ_ONLY;
  const marked = chosen.map(({ message }) => message).filter(({ flags }) => flags.has("\\Deleted"));
  return [...expunge(talk, folder, marked), SUCCESS];
}

const READ_ONLY: ImapReply = ["NO [READ-ONLY] The folder is open for reading only (Failure)"];

function choose(folder: OpenFolder, set: ImapArgument | undefined, by: NumberedBy): readonly Placed[] | undefined {
  const there = placedIn(folder);
  const chosen = typeof set === "string" ? inSet(set, there, by) : undefined;
  return chosen && there.filter(chosen);
}

function flag(
  { login }: ImapTalk,
  folder: OpenFolder,
  message: StoredMessage,
  flags: ReadonlySet<string>,
): StoredMessage {
  const flagged = login.mail.flag(message, flags);
  replace(folder, flagged);
  return flagged;
}
