/** A value that the engine does not know yet; it comes only in previews and never leaves them. */
export const UNKNOWN = Symbol("unknown");

/** Property values as handlers see them: secrets are plain here, their places are kept apart. */
export type Value = null | boolean | number | string | typeof UNKNOWN | readonly Value[] | Tree;
export interface Tree {
  readonly [key: string]: Value;
}

/** A place in a tree, from the root. */
export type Path = readonly (string | number)[];

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Array.isArray loses `readonly`; this keeps it. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function containsUnknown(value: Value): boolean {
  if (value === UNKNOWN) return true;
  if (isList(value)) return value.some(containsUnknown);
  return isTree(value) && Object.values(value).some(containsUnknown);
}

/** What a table has by that name itself: names come from others, and `constructor` is a name, too. */
export function ownOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The value at `path`, or undefined where there is none. */
export function valueAt(tree: Value, path: Path): Value | undefined {
  let value: Value | undefined = tree;
  for (const key of path) {
    if (value === undefined || value === UNKNOWN) return value;
    if (isList(value)) value = typeof key === "number" ? value[key] : undefined;
    else value = isTree(value) ? ownOf(value, String(key)) : undefined;
  }
  return value;
}

/** The entries of a tree for which `keep` holds. */
export function pick(tree: Tree, keep: (key: string, value: Value) => boolean): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([key, value]) => keep(key, value)));
}

/** A path as Pulumi writes it: `tags.name`, `list[0]`, `map["a.b"]`. */
export function pathText(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      if (/^[A-Za-z_$][\w$]*$/.test(key)) return index === 0 ? key : `.${key}`;
      return `[${JSON.stringify(key)}]`;
    })
    .join("");
}

/** Deep copy of anything JSON-like into a tree: `undefined` members are left out, other strangers are refused. */
export function toTree(value: object): Tree {
  const tree = toValue(value);
  if (!isTree(tree)) throw new TypeError("expected an object");
  return tree;
}

/** The same of any value. */
export function toValue(value: unknown): Value {
  if (value === null || value === UNKNOWN || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map(toValue);
  if (typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, toValue(inner)]])),
    );
  }
  throw new TypeError(`a ${typeof value} cannot be a property value`);
}
