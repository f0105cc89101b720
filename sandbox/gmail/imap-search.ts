import libmime from "libmime";
import type { ImapArgument } from "./imap-arguments.ts";
import { canonicalFlag } from "./imap-flags.ts";
import { inSet, type Placed } from "./imap-sequence.ts";
import { textOf } from "./latin1.ts";
import { type HeaderField, type MimePart, parsedOnce } from "./mime.ts";

/** A message and what it is made of, found out when it is asked for. */
interface Candidate extends Placed {
  readonly root: () => MimePart;
}

type Test = (candidate: Candidate) => boolean;

/** What is left of the criteria, and what numbers in them are held against. */
interface Reading {
  readonly left: ImapArgument[];
  readonly there: readonly Placed[];
}

/** Reads what follows the name of a key; undefined where that makes no sense. */
type Key = (reading: Reading) => Test | undefined;

/** Of one command, those in parentheses and behind OR and NOT among them. */
const KEY_LIMIT = 100;
const CHARSETS = ["US-ASCII", "UTF-8"];

export type Found = { readonly messages: readonly Placed[] } | "bad" | "charset";

/** SEARCH (RFC 3501 §6.4.4). Letters are never told apart by case, and encoded words in headers are decoded. */
export function search(there: readonly Placed[], given: readonly ImapArgument[]): Found {
  const [first, charset] = given;
  const named = typeof first === "string" && first.toUpperCase() === "CHARSET";
  if (named && !CHARSETS.includes(String(charset).toUpperCase())) return "charset";
  const criteria = named ? given.slice(2) : given;
  if (criteria.flat(9).length > KEY_LIMIT) return "bad";
  const test = allOf({ left: [...criteria], there });
  return test === undefined
    ? "bad"
    : { messages: there.filter((placed) => test({ ...placed, root: parsedOnce(placed.message.content) })) };
}

function allOf(reading: Reading): Test | undefined {
  const tests: Test[] = [];
  do {
    const test = next(reading);
    if (test === undefined) return undefined;
    tests.push(test);
  } while (reading.left.length > 0);
  return (candidate) => tests.every((test) => test(candidate));
}

function next(reading: Reading): Test | undefined {
  const key = reading.left.shift();
  if (key === undefined) return undefined;
  if (typeof key !== "string") return allOf({ left: [...key], there: reading.there });
  return KEYS.has(key.toUpperCase()) ? KEYS.get(key.toUpperCase())?.(reading) : inSet(key, reading.there, "number");
}

const KEYS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ["ALL", () => () => true],
  // No message is ever recent here.
  ["NEW", () => () => false],
  ["OLD", () => () => true],
  ["RECENT", () => () => false],
  ...["ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN"].flatMap((name): [string, Key][] => [
    [name, () => has(`\\${name}`)],
    [`UN${name}`, () => not(has(`\\${name}`))],
  ]),
  ["KEYWORD", withText(has)],
  ["UNKEYWORD", withText((flag) => not(has(flag)))],
  ...["BCC", "CC", "FROM", "SUBJECT", "TO"].map((name): [string, Key] => [
    name,
    withText((text) => inHeader(name, text)),
  ]),
  ["HEADER", withText((name, reading) => withText((text) => inHeader(name, text))(reading))],
  [
    "BODY",
    withText(
      (text) =>
        ({ root }) =>
          contains(root().body, text),
    ),
  ],
  [
    "TEXT",
    withText(
      (text) =>
        ({ root, message }) =>
          contains(message.content, text) || anyHeader(root(), text),
    ),
  ],
  [
    "LARGER",
    withText(
      (size) =>
        ({ message }) =>
          message.content.length > Number(size),
    ),
  ],
  [
    "SMALLER",
    withText(
      (size) =>
        ({ message }) =>
          message.content.length < Number(size),
    ),
  ],
  ["UID", withText((set, { there }) => inSet(set, there, "uid"))],
  ...(["BEFORE", "ON", "SINCE"] as const).flatMap((name): [string, Key][] => [
    [name, onDay(name, ({ message }) => message.receivedAt)],
    [`SENT${name}`, onDay(name, ({ root }) => Date.parse(root().fields.find(isDate)?.value ?? ""))],
  ]),
  ["NOT", (reading) => invert(next(reading))],
  [
    "OR",
    (reading) => {
      const one = next(reading);
      const other = next(reading);
      return one && other && ((candidate) => one(candidate) || other(candidate));
    },
  ],
]);

function withText(test: (text: string, reading: Reading) => Test | undefined): Key {
  return (reading) => {
    const text = reading.left.shift();
    return typeof text === "string" ? test(textOf(text), reading) : undefined;
  };
}

function not(test: Test): Test {
  return (candidate) => !test(candidate);
}

function invert(test: Test | undefined): Test | undefined {
  return test && not(test);
}

function has(flag: string): Test {
  const canonical = canonicalFlag(flag);
  return ({ message }) => message.flags.has(canonical);
}

function inHeader(name: string, text: string): Test {
  return ({ root }) => root().fields.some((field) => field.name === name.toLowerCase() && fieldHas(field, text));
}

function anyHeader({ fields }: MimePart, text: string): boolean {
  return fields.some((field) => fieldHas(field, text));
}

function fieldHas({ value }: HeaderField, text: string): boolean {
  return contains(value, text) || libmime.decodeWords(textOf(value)).toLowerCase().includes(text.toLowerCase());
}

function contains(octets: string, text: string): boolean {
  return textOf(octets).toLowerCase().includes(text.toLowerCase());
}

function isDate({ name }: HeaderField): boolean {
  return name === "date";
}

const DAY = 24 * 60 * 60 * 1000;

/** Days are those of UTC, in which messages are dated here. */
function onDay(name: "BEFORE" | "ON" | "SINCE", timeOf: (candidate: Candidate) => number): Key {
  return withText((text) => {
    const day = /^\d{1,2}-[a-z]{3}-\d{4}$/i.test(text) ? Date.parse(`${text.replaceAll("-", " ")} UTC`) : Number.NaN;
    if (Number.isNaN(day)) return undefined;
    return (candidate) => {
      const time = timeOf(candidate);
      return (name === "SINCE" || time < day + (name === "ON" ? DAY : 0)) && (name === "BEFORE" || time >= day);
    };
  });
}
