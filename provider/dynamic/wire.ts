import { UNKNOWN_TEXT } from "../host/unknown.ts";
import { isList, isTree, type Tree, toTree, UNKNOWN, type Value } from "../values.ts";

/** Plain values with a text for unknowns, as dynamic providers get them. */
export function fromWire(props: object): Tree {
  return Object.fromEntries(
    Object.entries(toTree(props))
      .filter(([name]) => !name.startsWith("__"))
      .map(([name, value]) => [name, unwired(value)]),
  );
}

function unwired(value: Value): Value {
  if (value === UNKNOWN_TEXT) return UNKNOWN;
  if (isList(value)) return value.map(unwired);
  return isTree(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwired(inner)])) : value;
}

/** The way back. */
export function toWire(tree: Tree): object {
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, wired(value)]));
}

function wired(value: Value): unknown {
  if (value === UNKNOWN) return UNKNOWN_TEXT;
  if (isList(value)) return value.map(wired);
  // Half of a character would make UTF-8 that the engine does not take.
  if (typeof value === "string") return value.toWellFormed();
  return isTree(value) ? toWire(value) : value;
}
