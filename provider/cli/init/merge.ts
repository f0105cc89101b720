import { isDeepStrictEqual } from "node:util";
import { isNode, isSeq, parseDocument, stringify } from "yaml";
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

/** A list that has nothing yet, as the last line of a file. */
const NOTHING_YET = /^mailboxes:\s*(#.*)?$/;

/** Lines after those of the last entry; undefined where there is no list of lines. */
function appended(text: string, entries: readonly Entry[]): string | undefined {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const insert = (at: number, margin: string) => {
    const head = text.slice(0, at);
    const lines = linesOf(entries, margin).replaceAll("\n", eol);
    return `${head}${head.endsWith("\n") ? "" : eol}${lines}${text.slice(at)}`;
  };
  const lastLine = text.slice(text.trimEnd().lastIndexOf("\n") + 1).trimEnd();
  if (NOTHING_YET.test(lastLine)) return insert(text.length, "  ");
  const list = parseDocument(text).get("mailboxes");
  const last: unknown = isSeq(list) && !list.flow ? list.items.at(-1) : undefined;
  if (!isNode(last) || !last.range) return undefined;
  const [start, end] = last.range;
  const [, margin] = /^([ \t]*)- +$/.exec(text.slice(text.lastIndexOf("\n", start - 1) + 1, start)) ?? [];
  if (margin === undefined) return undefined;
  return insert(text[end - 1] === "\n" ? end : nextLine(text, end), margin);
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
