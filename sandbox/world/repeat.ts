import { REPEAT_LIMIT } from "./definition.ts";

export type Path = readonly (string | number)[];

/** Entries that one file may stand for, so that a slip of the hand does not fill the memory. */
const TOTAL_LIMIT = 50_000;

/** A tree in which everything that is repeated has been written out, and where each part of it came from. */
export interface WrittenOut {
  readonly tree: unknown;
  /** Where a place of the written-out tree stands in the file. */
  origin(path: Path): Path;
}

/**
 * Writes out entries of lists that have `repeat: N`. The counter `%d` (`%04d` with leading zeros) is that of the nearest
 * `repeat` around it. An entry whose `repeat` is no number is left as it is, for the check of the form to find.
 */
export function writeOut(tree: unknown): WrittenOut {
  const origins = new WeakMap<object, Path>();
  let total = 0;

  function copy(value: unknown, from: Path, counter: number | undefined): unknown {
    if (typeof value === "string") return counter === undefined ? value : counted(value, counter);
    if (typeof value !== "object" || value === null) return value;
    const result = Array.isArray(value)
      ? value.flatMap((entry, index) => entries(entry, [...from, index], counter))
      : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner, [...from, key], counter)]));
    origins.set(result, from);
    return result;
  }

  function entries(entry: unknown, from: Path, counter: number | undefined): unknown[] {
    const times = timesOf(entry);
    if (times === undefined || typeof entry !== "object" || entry === null) return [copy(entry, from, counter)];
    const { repeat: _, ...once } = { repeat: times, ...entry };
    total += times;
    if (total > TOTAL_LIMIT) throw new TooMany(`a world has room for ${TOTAL_LIMIT} repeated entries`, from);
    return Array.from({ length: times }, (_, index) => copy(once, from, index + 1));
  }

  const result = copy(tree, [], undefined);
  return {
    tree: result,
    origin(path) {
      let [node, from, rest]: [unknown, Path, Path] = [result, [], path];
      for (const [index, key] of path.entries()) {
        if (typeof node !== "object" || node === null) break;
        node = Reflect.get(node, key);
        const known = typeof node === "object" && node !== null ? origins.get(node) : undefined;
        if (known) [from, rest] = [known, path.slice(index + 1)];
      }
      return [...from, ...rest];
    },
  };
}

/** More entries than a world has room for. */
export class TooMany extends Error {
  readonly path: Path;
  constructor(message: string, path: Path) {
    super(message);
    this.path = path;
  }
}

function timesOf(entry: unknown): number | undefined {
  const times: unknown = typeof entry === "object" && entry !== null ? Reflect.get(entry, "repeat") : undefined;
  const sound = typeof times === "number" && Number.isInteger(times) && times >= 1 && times <= REPEAT_LIMIT;
  return sound ? times : undefined;
}

function counted(text: string, counter: number): string {
  return text.replaceAll(/%(?:0(\d))?d/g, (_, width = "1") => String(counter).padStart(Number(width), "0"));
}
