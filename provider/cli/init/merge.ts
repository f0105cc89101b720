import { isDeepStrictEqual } from "node:util";
import { isMap, isNode, isScalar, isSeq, type Pair, parseDocument, type Range, stringify } from "yaml";
import { Fault } from "../../fault.ts";
import { parseSource } from "../../fleet/source.ts";
import { isTree, type Value } from "../../values.ts";
import type { Entry } from "./candidate.ts";

/** What a new file begins with. */
export interface Beginning {
  readonly environmentUrl: string | undefined;
  readonly projectId: string | undefined;
}

/**
 * A new file with one client, which `gmailsync guide` helps to make. What nobody has said yet is left open: an id that is made up would
 * get places in the lock file.
 */
export function beginningText({ environmentUrl, projectId }: Beginning): string {
  return `# yaml-language-server: $schema=node_modules/pulumi-gmailsync/schema/mailboxes.schema.json
${environmentUrl === undefined ? "" : `environmentUrl: ${environmentUrl}\n`}clients:
  gmail:
    projectId: ${projectId ?? "# the id of the project in Google's console"}
    # What \`gmailsync guide\` leads to; the secret by its name in the stack's configuration, never itself:
    # clientId: 123456789012-….apps.googleusercontent.com
    # clientSecret: {config: gmailClientSecret}
    # audience: external # for people outside of the organisation; 100 of them a project, unless Google has verified the app
mailboxes:
`;
}

/** Addresses that a file has already. */
export function addressesIn(text: string, file: string): readonly string[] {
  return mailboxesIn(text, file).flatMap((entry) => {
    const address = isTree(entry) ? entry["address"] : undefined;
    return typeof address === "string" ? [address] : [];
  });
}

/** The text with more mailboxes at the end of the list. What was there stays as it is. */
export function withEntries(text: string, file: string, entries: readonly Entry[]): string {
  if (entries.length === 0) return text;
  const wanted = [...mailboxesIn(text, file), ...entries];
  const grown = grownIn(text, entries).find((one) => isAsWanted(one, wanted));
  if (grown !== undefined) return grown;
  throw new Fault({
    kind: "invalid-input",
    what: `${file}: nothing can be added to mailboxes as they are written there`,
    hint: "Write them as lines that begin with a dash, one for each mailbox.",
  });
}

/** The text with the entries in each way that its form leaves open; the first that reads as it has to is right. */
function grownIn(text: string, entries: readonly Entry[]): readonly string[] {
  const { contents } = parseDocument(text);
  const isOurs = ({ key }: Pair) => isScalar(key) && key.value === "mailboxes";
  const { key, value } = (isMap(contents) && contents.items.find(isOurs)) || {};
  if (key === undefined) return [inserted(text, text.length, `mailboxes:\n${linesOf(entries, "  ")}`)];
  if (!isNode(key) || !key.range || !isNode(value) || !value.range) return [];
  const [start, end] = value.range;
  const last: unknown = isSeq(value) ? value.items.at(-1) : undefined;
  const lastRange = isNode(last) && last.range ? last.range : undefined;
  if (isSeq(value) && !value.flow) return lastRange ? belowLast(text, start, lastRange[1], entries) : [];
  const anew = NOTHING_YET.test(text.slice(start, end)) ? [inPlace(text, key.range, value.range, entries)] : [];
  return isSeq(value) ? [...anew, ...inBrackets(text, lastRange?.[1] ?? start + 1, end - 1, entries)] : anew;
}

/** A list that has nothing yet, nor a comment inside. */
const NOTHING_YET = /^(\[\s*\]|null|~)?$/i;

/** Lines after the end of the last entry of a list of lines, as far in as its first dash. */
function belowLast(text: string, first: number, end: number, entries: readonly Entry[]): readonly string[] {
  const margin = lineUntil(text, first);
  if (margin.trim() !== "") return [];
  return [inserted(text, text[end - 1] === "\n" ? end : nextLine(text, end), linesOf(entries, margin))];
}

/** Lines below the key in place of its value and the blank before. */
function inPlace(text: string, key: Range, [start, end]: Range, entries: readonly Entry[]): string {
  const without = start === end ? text : text.slice(0, start - 1) + text.slice(end);
  return inserted(without, nextLine(without, key[1]), linesOf(entries, `${lineUntil(text, key[0])}  `));
}

/** Before the bracket at `end`, with a comma after the last entry or without, as it may have one. */
function inBrackets(text: string, last: number, end: number, entries: readonly Entry[]): readonly string[] {
  const between = text.slice(last, end).trimEnd();
  const flow = entries.map((entry) => `${eolOf(text)}  ${inBraces(entry)}`).join(",");
  return ["", ","].map((comma) => text.slice(0, last) + comma + between + flow + text.slice(last + between.length));
}

/** Whole lines, with the line ends of the text. */
function inserted(text: string, at: number, lines: string): string {
  const eol = eolOf(text);
  const head = text.slice(0, at);
  return `${head}${head.endsWith("\n") ? "" : eol}${lines.replaceAll("\n", eol)}${text.slice(at)}`;
}

function eolOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** What stands before on the same line. */
function lineUntil(text: string, at: number): string {
  return text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end + 1;
}

function linesOf(entries: readonly Entry[], margin: string): string {
  return stringify(entries, { lineWidth: 0 }).replaceAll(/^(?=.)/gm, margin);
}

function inBraces(entry: Entry): string {
  return stringify(entry, { lineWidth: 0, collectionStyle: "flow" }).trimEnd();
}

function isAsWanted(text: string, wanted: readonly unknown[]): boolean {
  const source = parseSource(text);
  return "tree" in source && isDeepStrictEqual(source.tree["mailboxes"], wanted);
}

function mailboxesIn(text: string, file: string): readonly Value[] {
  const source = parseSource(text);
  if ("tree" in source) {
    const { mailboxes = null } = source.tree;
    if (Array.isArray(mailboxes)) return mailboxes;
    if (mailboxes === null) return [];
  }
  const [first] = "tree" in source ? [] : source;
  throw new Fault({
    kind: "invalid-input",
    what: first
      ? `${file}:${first.place.line}:${first.place.column}: ${first.message}`
      : `${file}: mailboxes is no list`,
    hint: `\`gmailsync check ${file}\` shows all there is.`,
  });
}
