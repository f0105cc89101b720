import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Path } from "./repeat.ts";

/** A place in a file, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlFile {
  readonly tree: unknown;
  /** The nearest place that is there: of a value, or of the key above it. */
  place(path: Path, at: "key" | "value"): Place;
}

/** A text is no YAML. */
export class NoYaml extends Error {
  readonly place: Place;
  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

export function parseYaml(text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const [error] = document.errors;
  if (error) throw new NoYaml(withoutQuotes(error.message), placeOf(error.pos[0]));
  return {
    tree: treeOf(() => document.toJS({ maxAliasCount: 100 })),
    place: (path, at) => placeOf(offsetOf(document.contents, path, at)),
  };
}

/** Words of the library without what it quotes, as the file may be another. */
function withoutQuotes(message: string): string {
  return message.replace(/(?<=[\w)]):\s.*$/s, "");
}

function treeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    throw new NoYaml(withoutQuotes(error instanceof Error ? error.message : String(error)), { line: 1, column: 1 });
  }
}

function offsetOf(node: unknown, [key, ...rest]: Path, at: "key" | "value"): number {
  const own = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  if (key === undefined) return own;
  if (isSeq(node)) {
    const item: unknown = node.items[Number(key)];
    return isNode(item) ? offsetOf(item, rest, at) : own;
  }
  if (!isMap(node)) return own;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
  if (!pair) return own;
  const wanted = rest.length === 0 && at === "key" ? pair.key : pair.value;
  return isNode(wanted) ? offsetOf(wanted, rest, at) : own;
}
