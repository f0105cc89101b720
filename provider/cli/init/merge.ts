import { isDeepStrictEqual } from "node:util";
import { isSeq, parseDocument, stringify } from "yaml";
import { Fault } from "../../fault.ts";
import { parseSource } from "../../fleet/source.ts";
import { isTree, type Value } from "../../values.ts";
import type { Entry } from "./candidate.ts";

/** What a new file begins with. */
export interface Beginning {
  readonly environmentUrl: string | undefined;
  readonly projectId: string | undefined;
}

/** Stands where nobody has said which project it is. */
const SOME_PROJECT = "your-project-id";

/** A new file with one client, which `gmailsync guide` helps to make. */
export function beginningText({ environmentUrl, projectId }: Beginning): string {
  return `# yaml-language-server: $schema=node_modules/pulumi-gmailsync/schema/mailboxes.schema.json
${environmentUrl === undefined ? "" : `environmentUrl: ${environmentUrl}\n`}clients:
  gmail:
    projectId: ${projectId ?? `${SOME_PROJECT} # of the project in Google's console`}
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

/** The text with more mailboxes at the end of the list. Every line that was there stays as it is. */
export function withEntries(text: string, file: string, entries: readonly Entry[]): string {
  if (entries.length === 0) return text;
  const wanted = [...mailboxesIn(text, file), ...entries];
  const grown = appended(text, entries);
  if (grown !== undefined && isAsWanted(grown, wanted)) return grown;
  // A list in brackets, or of another form: the library writes it anew, with all comments.
  const document = parseDocument(text);
  const list = document.get("mailboxes");
  if (isSeq(list)) for (const entry of entries) list.add(document.createNode(entry));
  else document.set("mailboxes", entries);
  return document.toString({ lineWidth: 0 });
}

/** Lines after those of the last entry; undefined where there is no list of lines. */
function appended(text: string, entries: readonly Entry[]): string | undefined {
  const document = parseDocument(text);
  const list = document.get("mailboxes", true);
  const last = isSeq(list) && !list.flow ? list.items.at(-1) : undefined;
  const isEmpty = list === undefined || (!isSeq(list) && document.get("mailboxes") == null);
  if (isEmpty && /^mailboxes:[ \t]*(#.*)?\n?$/m.test(text.slice(text.search(/^mailboxes:/m)))) {
    return `${text.endsWith("\n") ? text : `${text}\n`}${linesOf(entries, "  ")}`;
  }
  const range = last && typeof last === "object" && "range" in last ? last.range : undefined;
  const start: unknown = Array.isArray(range) ? range[0] : undefined;
  const end: unknown = Array.isArray(range) ? range[1] : undefined;
  if (typeof start !== "number" || typeof end !== "number") return undefined;
  const [, margin] = /^([ \t]*)- +$/.exec(text.slice(text.lastIndexOf("\n", start - 1) + 1, start)) ?? [];
  if (margin === undefined) return undefined;
  const at = text[end - 1] === "\n" ? end : nextLine(text, end);
  const head = text.slice(0, at);
  return `${head}${head.endsWith("\n") ? "" : "\n"}${linesOf(entries, margin)}${text.slice(at)}`;
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end + 1;
}

function linesOf(entries: readonly Entry[], margin: string): string {
  return stringify(entries, { lineWidth: 0 }).replaceAll(/^(?=.)/gm, margin);
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
