import type { Struct, Value as StructValue } from "google-protobuf/google/protobuf/struct_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { UNKNOWN_TEXT } from "../host/unknown.ts";
import { isList, isTree, type Path, type Tree, toValue, UNKNOWN, type Value } from "../values.ts";

/**
 * The one place that knows how secrets and unknowns look on the wire (pulumi/pulumi `sdk/go/common/resource`): inside,
 * trees are plain, and the places of secrets travel beside them.
 */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

export interface Unwrapped {
  readonly tree: Tree;
  readonly secrets: readonly Path[];
}

/** Reads a message's struct; an absent one is an empty tree. */
export function unwrap(struct: Struct | undefined): Unwrapped {
  const secrets: Path[] = [];
  return { tree: struct ? treeOf(struct, [], secrets) : {}, secrets };
}

/** In one go over the message: of thousands of resources each copy between is felt. */
function treeOf(struct: Struct, path: Path, secrets: Path[]): Tree {
  const entries: [string, Value][] = [];
  struct.getFieldsMap().forEach((value, key) => {
    entries.push([key, plain(value, [...path, key], secrets)]);
  });
  return Object.fromEntries(entries);
}

function plain(value: StructValue, path: Path, secrets: Path[]): Value {
  const struct = value.getStructValue();
  if (struct) {
    const fields = struct.getFieldsMap();
    if (fields.get(SIGNATURE)?.getStringValue() !== SECRET) return treeOf(struct, path, secrets);
    secrets.push(path);
    const inside = fields.get("value");
    return inside ? plain(inside, path, secrets) : null;
  }
  const list = value.getListValue();
  if (list) return list.getValuesList().map((item, index) => plain(item, [...path, index], secrets));
  const scalar = toValue(value.toJavaScript());
  return scalar === UNKNOWN_TEXT ? UNKNOWN : scalar;
}

/**
 * Writes a tree with everything at or under the given places marked secret. What was given as an object and is a text now is secret where
 * anything in it was; other places that do not exist are passed over.
 */
export function wrap(tree: Tree, secrets: readonly Path[]): Struct {
  const marked = mark(tree, secrets);
  return structs.Struct.fromJavaScript(isPlainObject(marked) ? marked : {});
}

type WireValue = null | boolean | number | string | WireValue[] | { [key: string]: WireValue };

function mark(value: Value, secrets: readonly Path[]): WireValue {
  const inside = (key: string | number) =>
    secrets.flatMap((path) => (path.length > 0 && path[0] === key ? [path.slice(1)] : []));
  if (secrets.some((path) => path.length === 0)) return { [SIGNATURE]: SECRET, value: mark(value, []) };
  if (value === UNKNOWN) return UNKNOWN_TEXT;
  if (isList(value)) return value.map((item, index) => mark(item, inside(index)));
  if (isTree(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner, inside(key))]));
  return secrets.length === 0 ? value : { [SIGNATURE]: SECRET, value };
}

function isPlainObject(value: WireValue): value is { [key: string]: WireValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a message has no properties in it. */
export function isNothing(struct: Struct | undefined): boolean {
  return (struct?.getFieldsMap().getLength() ?? 0) === 0;
}
