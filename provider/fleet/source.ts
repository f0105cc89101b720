import {
  isMap,
  isNode,
  isPair,
  isScalar,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { messageOf, remoteText } from "../fault.ts";
import { readText } from "../read-text.ts";
import { FILE_MIB, MOST_LEXEMES } from "../resources/fleet/limits.ts";
import { FleetSpec } from "../resources/fleet/spec.ts";
import { shownName } from "../schema/shown-name.ts";
import { isTree, type Path, type Tree, toTree } from "../values.ts";
import { SYNTAX_WORDS } from "./syntax-words.ts";

/** Most aliases that are resolved: an anchor inside of an anchor grows without end. */
const ALIAS_LIMIT = 100;

const DIGITS = /^\d+$/;

/** A place in a file, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A YAML file as a tree that knows where everything stands. */
export interface Source {
  readonly tree: Tree;
  /** The place of a value, or of its key; the nearest one that is there. */
  place(path: Path, atKey?: boolean): Place;
}

/** Why a file is no YAML, with its place where there is one. */
export interface SourceProblem {
  readonly code: "file/unreadable" | "file/syntax";
  readonly message: string;
  readonly place: Place;
}

export const START: Place = { line: 1, column: 1, endLine: 1, endColumn: 1 };

export async function readSource(file: string): Promise<Source | readonly SourceProblem[]> {
  const text = await readText(file, FILE_MIB * 1024 * 1024);
  return typeof text === "string"
    ? parseSource(text)
    : [{ code: "file/unreadable", message: text.refusal, place: START }];
}

export function parseSource(text: string): Source | readonly SourceProblem[] {
  if (hasTooManyLexemes(text)) {
    const message = `has more than ${MOST_LEXEMES} words and signs; 20,000 mailboxes with four settings each have fewer`;
    return [{ code: "file/unreadable", message, place: START }];
  }
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, strict: true, merge: true, uniqueKeys: false } as const;
  const document = parseDocument(text, options);
  const at = (start: number, end = start): Place => {
    const from = lines.linePos(start);
    const to = lines.linePos(end);
    return { line: from.line, column: from.col, endLine: to.line, endColumn: to.col };
  };
  // Of what cannot be parsed the first says it, and the others follow from it.
  const [first] = document.errors;
  if (first) return [{ code: "file/syntax", message: SYNTAX_WORDS[first.code], place: at(...first.pos) }];
  const twice: number[] = [];
  visit(document, {
    Map: (_, map) => {
      for (const start of repeatedKeys(map)) twice.push(start);
    },
    // Digits that a number does not keep: the schema says whether text or a number is meant.
    Scalar: (_, node) => {
      const { value, source = "" } = node;
      if (typeof value === "number" && DIGITS.test(source) && source !== String(value)) node.value = source;
    },
  });
  const isOurs = hasName(document.contents, Object.keys(FleetSpec.properties));
  if (twice.length > 0) {
    return twice
      .toSorted((one, other) => one - other)
      .map((start) => ({
        code: "file/syntax",
        message: isOurs ? `the key ${keyAt(text, start)} is given twice` : SYNTAX_WORDS.DUPLICATE_KEY,
        place: at(start, start + 1),
      }));
  }
  const tree = resolved(() => document.toJS({ maxAliasCount: ALIAS_LIMIT }), isOurs);
  if (typeof tree === "string") return [{ code: "file/syntax", message: tree, place: START }];
  return {
    tree,
    place(path, atKey = false) {
      const range = rangeOf(document.contents, path, atKey);
      return range ? at(range[0], range[1]) : START;
    },
  };
}

/** Whether a name of ours stands at the top. What stands in files of others is not quoted. */
function hasName(contents: Node | null, names: readonly string[]): boolean {
  return isMap(contents) && contents.items.some(({ key }) => names.includes(String(key)));
}

function hasTooManyLexemes(text: string): boolean {
  // A sign may be followed by a mark of the lexer's own.
  if (2 * text.length <= MOST_LEXEMES) return false;
  let count = 0;
  for (const _ of new Lexer().lex(text)) if (++count > MOST_LEXEMES) return true;
  return false;
}

/** Where a key begins that stands there before. (The library holds each against all others.) */
function repeatedKeys({ items }: YAMLMap): readonly number[] {
  const seen = new Set<unknown>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key) || !key.range) return [];
    const isNew = !seen.has(key.value);
    seen.add(key.value);
    return isNew ? [] : [key.range[0]];
  });
}

function resolved(read: () => unknown, isOurs: boolean): Tree | string {
  try {
    const value = read();
    return isTree(value) ? toTree(value) : "is empty, or no mapping of names to values";
  } catch (error) {
    const [, unknown] = /^Unresolved alias .*: (\S+)$/.exec(messageOf(error)) ?? [];
    return unknown === undefined
      ? `its anchors and aliases cannot be resolved: there are more than ${ALIAS_LIMIT}, one inside of the other`
      : `${isOurs ? `the alias *${shownName(remoteText(unknown))}` : "an alias"} has no anchor before it; text that begins with a star needs quotes`;
  }
}

/** From the node that the path leads to, or the last one on the way. */
function rangeOf(node: Node | null, [key, ...rest]: Path, atKey: boolean): readonly [number, number] | undefined {
  const own = node?.range ? ([node.range[0], node.range[1]] as const) : undefined;
  if (key === undefined || node === null || !("items" in node)) return own;
  if (isMap(node)) {
    const pair = pairsOf(node).get(String(key));
    if (!pair) return firstLine(node) ?? own;
    const next = rest.length === 0 && atKey ? pair.key : pair.value;
    return (isNode(next) ? rangeOf(next, rest, atKey) : undefined) ?? own;
  }
  const item: unknown = Array.isArray(node.items) ? node.items[Number(key)] : undefined;
  return (isNode(item) ? rangeOf(item, rest, atKey) : undefined) ?? own;
}

const indexed = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/** The pairs of a mapping by their keys, found once: every problem asks for its place. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = indexed.get(map);
  if (known) return known;
  const pairs = new Map(map.items.map((pair) => [String(pair.key), pair]));
  indexed.set(map, pairs);
  return pairs;
}

/** Where something is missing, the first key is a better place than the whole mapping. */
function firstLine(map: YAMLMap): readonly [number, number] | undefined {
  const [pair] = map.items;
  const key = isPair(pair) ? pair.key : undefined;
  return isNode(key) && key.range ? [key.range[0], key.range[1]] : undefined;
}

function keyAt(text: string, offset: number): string {
  return shownName(remoteText(/^[^:\n]{1,80}/.exec(text.slice(offset, offset + 81))?.[0] ?? ""));
}
