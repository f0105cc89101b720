import { type ImapArgument, literal } from "./imap-arguments.ts";
import { flagList } from "./imap-flags.ts";
import type { Placed } from "./imap-sequence.ts";
import { bodyStructure, envelope } from "./imap-structure.ts";
import type { StoredMessage } from "./mail-store.ts";
import { type MimePart, parsedOnce } from "./mime.ts";

/** A message, and what it is made of, found out when it is asked for. */
interface Looked {
  readonly message: StoredMessage;
  readonly root: () => MimePart;
}

/** One thing that FETCH shows of a message. */
interface Item {
  /** Showing it marks the message as read. */
  readonly reads?: boolean;
  show(looked: Looked): string;
}

/** How messages are shown; undefined where the items make no sense. */
export interface FetchPlan {
  readonly reads: boolean;
  /** `flags`: with the flags, also when they are not asked for. */
  show(placed: Placed, flags: boolean): string;
}

/** Items of one command: each can stand for the whole message. */
const ITEM_LIMIT = 50;

const MACROS: ReadonlyMap<string, readonly string[]> = new Map([
  ["FAST", ["FLAGS", "INTERNALDATE", "RFC822.SIZE"]],
  ["ALL", ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"]],
  ["FULL", ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"]],
]);

const FLAGS: Item = { show: ({ message }) => `FLAGS ${flagList(message.flags)}` };

const ITEMS: ReadonlyMap<string, Item> = new Map<string, Item>([
  ["FLAGS", FLAGS],
  ["UID", { show: ({ message }) => `UID ${message.uid}` }],
  ["INTERNALDATE", { show: ({ message }) => `INTERNALDATE "${internalDate(message.receivedAt)}"` }],
  ["RFC822.SIZE", { show: ({ message }) => `RFC822.SIZE ${message.content.length}` }],
  ["ENVELOPE", { show: ({ root }) => `ENVELOPE ${envelope(root().fields)}` }],
  ["BODY", { show: ({ root }) => `BODY ${bodyStructure(root(), false)}` }],
  ["BODYSTRUCTURE", { show: ({ root }) => `BODYSTRUCTURE ${bodyStructure(root(), true)}` }],
  ["RFC822", { reads: true, show: ({ message }) => `RFC822 ${literal(message.content)}` }],
  ["RFC822.HEADER", { show: ({ root }) => `RFC822.HEADER ${literal(root().header)}` }],
  ["RFC822.TEXT", { reads: true, show: ({ root }) => `RFC822.TEXT ${literal(root().body)}` }],
]);

/** The items of FETCH (RFC 3501 §6.4.5); `uid`: UID FETCH, which always shows the UID. */
export function fetchPlan(given: ImapArgument | undefined, uid: boolean): FetchPlan | undefined {
  const named = typeof given === "string" ? (MACROS.get(given.toUpperCase()) ?? [given]) : (given ?? []);
  const names = uid ? ["UID", ...named.filter((name) => String(name).toUpperCase() !== "UID")] : named;
  if (names.length === 0 || names.length > ITEM_LIMIT) return undefined;
  const items: Item[] = [];
  for (const name of names) {
    const item = typeof name === "string" ? (ITEMS.get(name.toUpperCase()) ?? section(name)) : undefined;
    if (item === undefined) return undefined;
    items.push(item);
  }
  return {
    reads: items.some(({ reads }) => reads === true),
    show({ number, message }, flags) {
      const root = parsedOnce(message.content);
      const shown = flags && !items.includes(FLAGS) ? [FLAGS, ...items] : items;
      return `* ${number} FETCH (${shown.map((item) => item.show({ message, root })).join(" ")})`;
    },
  };
}

const SECTION =
  /^BODY(\.PEEK)?\[((?:\d{1,4}\.)*\d{1,4})?\.?(HEADER|TEXT|MIME|HEADER\.FIELDS(?:\.NOT)? \(([^()]*)\))?\](?:<(\d+)\.(\d+)>)?$/i;

/** `BODY[…]` and `BODY.PEEK[…]`: a part, or its header or text, whole or a piece of it. */
function section(name: string): Item | undefined {
  const [whole, peek, numbers, what = "", fieldNames = "", origin, length] = SECTION.exec(name) ?? [];
  if (whole === undefined) return undefined;
  const path = numbers?.split(".").map(Number) ?? [];
  const kind = what.toUpperCase().replace(/ .*/s, "");
  const wanted = fieldNames.toLowerCase().replaceAll('"', "").split(" ").filter(Boolean);
  const from = Number(origin ?? 0);
  const label = whole.slice("BODY".length, whole.lastIndexOf("]") + 1).replace(/^\.PEEK/i, "");
  return {
    reads: peek === undefined,
    show({ root }) {
      const octets = textIn(root(), path, kind, wanted);
      const shown = length === undefined ? octets : octets?.slice(from, from + Number(length));
      return `BODY${label}${origin === undefined ? "" : `<${from}>`} ${shown === undefined ? "NIL" : literal(shown)}`;
    },
  };
}

function textIn(root: MimePart, path: readonly number[], kind: string, wanted: readonly string[]): string | undefined {
  const part = partAt(root, path);
  if (kind === "MIME") return part?.header;
  if (kind === "") return path.length === 0 ? root.header + root.body : part?.body;
  // Header and text are those of a message: the whole one, or one that is a part of it.
  const message = path.length === 0 ? root : part?.message;
  if (kind === "TEXT") return message?.body;
  if (kind === "HEADER") return message?.header;
  const not = kind === "HEADER.FIELDS.NOT";
  const chosen = message?.fields.filter(({ name }) => wanted.includes(name) !== not);
  return chosen && `${chosen.map(({ source }) => source).join("")}\r\n`;
}

/** Parts are numbered from 1 within a multipart; a message that is none has its text as its only part. */
function partAt(root: MimePart, path: readonly number[]): MimePart | undefined {
  let part: MimePart | undefined = root;
  for (const number of path) {
    const holder: MimePart | undefined = part?.message ?? part;
    const single: boolean = holder?.parts.length === 0 && (holder === root || holder === part?.message);
    part = single ? (number === 1 ? holder : undefined) : holder?.parts[number - 1];
  }
  return part;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** RFC 3501 section 9, "date-time". */
function internalDate(milliseconds: number): string {
  const date = new Date(milliseconds);
  const day = String(date.getUTCDate()).padStart(2, " ");
  const time = date.toISOString().slice(11, 19);
  return `${day}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${time} +0000`;
}
