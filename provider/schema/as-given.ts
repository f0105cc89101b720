import { objectIn } from "../json.ts";
import { containsUnknown, isList, isTree, type Tree, type Value } from "../values.ts";
import { memberOf, type PropertySchema } from "./define.ts";
import { guidOf } from "./guid.ts";

/**
 * A value taken for what it is where the schema wants it in another shape: Pulumi YAML makes objects of text that is JSON and numbers of
 * text that is digits; ids have several spellings. What cannot be taken stays as it is, for the check to refuse.
 */
export function asGiven(schema: PropertySchema, value: Value): Value {
  if (schema.type === "string") return text(schema, value);
  if (schema.type === "object") return object(schema, value);
  if (schema.type === "integer") return typeof value === "string" && DIGITS.test(value) ? Number(value) : value;
  const { items } = schema;
  return items && isList(value) ? value.map((item) => asGiven(items, item)) : value;
}

const DIGITS = /^\d{1,15}$/;

function text({ jsonText, guid }: PropertySchema, value: Value): Value {
  if (typeof value === "number") return isExact(value) ? String(value) : value;
  if (guid && typeof value === "string") return guidOf(value) ?? value;
  return jsonText && isTree(value) && !containsUnknown(value) ? JSON.stringify(value) : value;
}

/** Whether a number still has the digits that were written, as far as that shows: zeros before it are lost in Pulumi YAML. */
function isExact(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function object(schema: PropertySchema, value: Value): Value {
  const { asFile } = schema;
  const tree = asFile && typeof value === "string" ? (objectIn(value) ?? value) : value;
  if (!isTree(tree)) return tree;
  if (asFile?.knownBy.some((member) => Object.hasOwn(tree, member)) && !containsUnknown(tree))
    return { [asFile.member]: JSON.stringify(tree) };
  return membersAsGiven(schema, tree);
}

/** The same of every member that the schema knows, with the defaults of what is not given. */
export function membersAsGiven(schema: PropertySchema, tree: Tree): Tree {
  const given = Object.entries(tree).map(([name, value]): [string, Value] => {
    const member = memberOf(schema, name);
    return [name, member ? asGiven(member, value) : value];
  });
  const absent = Object.entries(schema.properties ?? {}).flatMap(([name, member]): [string, Value][] =>
    member.default === undefined || Object.hasOwn(tree, name) ? [] : [[name, member.default]],
  );
  return Object.fromEntries([...given, ...absent]);
}
