import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { UNKNOWN_TEXT } from "../host/unknown.ts";
import { isList, isTree, type Path, type Tree, toValue, UNKNOWN, type Value } from "../values.ts";
import { objectOf } from "./structs.ts";

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
  return { tree: struct ? treeOf(objectOf(struct), [], secrets) : {}, secrets };
}

function treeOf(object: Tree, path: Path, secrets: Path[]): Tree {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, plain(value, [...path, key], secrets)]));
}

function plain(value: Value, path: Path, secrets: Path[]): Value {
  if (isList(value)) return value.map((item, index) => plain(item, [...path, index], secrets));
  if (!isTree(value)) return value === UNKNOWN_TEXT ? UNKNOWN : toValue(value);
  if (value[SIGNATURE] !== SECRET) return treeOf(value, path, secrets);
  secrets.push(path);
  return plain(value["value"] ?? null, path, secrets);
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
  // Half of a character would make UTF-8 that the engine does not take.
  const plain = typeof value === "string" ? value.toWellFormed() : value;
  return secrets.length === 0 ? plain : { [SIGNATURE]: SECRET, value: plain };
}

function isPlainObject(value: WireValue): value is { [key: string]: WireValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a message has no properties in it. */
export function isNothing(struct: Struct | undefined): boolean {
  return struct === undefined || struct.serializeBinary().length === 0;
}
