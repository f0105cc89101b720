import { Ajv, type ErrorObject, type SchemaValidateFunction, type ValidateFunction } from "ajv";
import type { Static, TObject } from "typebox";
import { containsUnknown, isList, isTree, type Path, pick, type Tree, type Value, valueAt } from "../values.ts";
import { membersAsGiven } from "./as-given.ts";
import { keywords, properties } from "./define.ts";
import { shownPath } from "./shown-name.ts";

/** What is wrong with one property, in words that never contain its value, but for the host of an environment. */
export interface Failure {
  readonly path: Path;
  readonly reason: string;
  /** The names that there are, where the path ends with one that is near none of them, which may be anything. */
  readonly known?: readonly string[];
}

const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: true, strictRequired: false, verbose: true });
ajv.addVocabulary([...keywords]);

/** Carries out the `check` of a property. */
const check: SchemaValidateFunction = (problemOf: (text: string) => string | undefined, text: string, schema) => {
  const form: unknown = schema?.["form"];
  const problem = problemOf(text);
  const message = form && problem ? `must be ${form}; this one ${problem}` : problem;
  check.errors = message === undefined ? [] : [{ keyword: "check", message, params: {} }];
  return message === undefined;
};
ajv.addKeyword({ keyword: "check", type: "string", errors: true, validate: check });

const compiled = new Map<object, ValidateFunction>();

function validator(schema: object): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const fresh = ajv.compile(schema);
  compiled.set(schema, fresh);
  return fresh;
}

/** Whether the value has the schema's shape; fills in defaults. */
export function matches<S extends TObject>(schema: S, value: unknown): value is Static<S> {
  return validator(schema)(value);
}

/** The properties of a tree that the schema knows and that have its shape; others are left out, no default is filled in. */
export function soundPart<S extends TObject>(schema: S, tree: Tree): Partial<Static<S>> {
  const loose = looseOf(schema);
  const candidate = cloneTree(pick(tree, (name) => Object.hasOwn(loose.properties, name)));
  if (matchesLoosely(schema, candidate)) return candidate;
  const broken = new Set((validator(loose).errors ?? []).map((error) => pathOf(error)[0]));
  const sound = pick(candidate, (name) => !broken.has(name));
  return matchesLoosely(schema, sound) ? sound : {};
}

function matchesLoosely<S extends TObject>(schema: S, value: unknown): value is Partial<Static<S>> {
  return validator(looseOf(schema))(value);
}

interface LooseSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, unknown>>;
  readonly additionalProperties: false;
}

const loosened = new Map<TObject, LooseSchema>();

/** The same properties, none of them required, without defaults, in whatever form: what others have made is shown as it is. */
function looseOf(schema: TObject): LooseSchema {
  const known = loosened.get(schema);
  if (known) return known;
  const kept = Object.entries(properties(schema)).map(([name, { default: _, pattern: __, check: ___, ...rest }]) => [
    name,
    rest,
  ]);
  const loose = {
    type: "object",
    properties: Object.fromEntries(kept),
    additionalProperties: false,
  } as const;
  loosened.set(schema, loose);
  return loose;
}

/** Takes values for what they are, checks them and fills in defaults. Those that are not known yet pass. */
export function validate(schema: TObject, tree: Tree): { readonly tree: Tree; readonly failures: readonly Failure[] } {
  const copy = membersAsGiven(schema, cloneTree(tree));
  const validateFunction = validator(schema);
  validateFunction(copy);
  const failures = (validateFunction.errors ?? []).flatMap((error) => {
    // The check beside it says it in better words.
    if (error.keyword === "pattern" && error.parentSchema?.["check"]) return [];
    const path = pathOf(error);
    const value = valueAt(copy, path);
    if (value !== undefined && containsUnknown(value)) return [];
    const known = knownBeside(error, schema);
    const isStrange = known !== undefined && nearest(String(path.at(-1)), known) === undefined;
    return [{ path, reason: reasonOf(error, schema), ...(isStrange && { known }) }];
  });
  return { tree: copy, failures };
}

function cloneTree(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, cloneValue(value)]));
}

function cloneValue(value: Value): Value {
  if (isList(value)) return value.map(cloneValue);
  return isTree(value) ? cloneTree(value) : value;
}

/** JSON pointer of ajv, extended by the missing or superfluous property, as a path. */
function pathOf(error: ErrorObject): Path {
  const place = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const extra = error.params["missingProperty"] ?? error.params["additionalProperty"];
  return typeof extra === "string" ? [...place, extra] : place;
}

/** What was expected, from ajv's findings; falls back to ajv's own words, which never contain the value. */
function reasonOf(error: ErrorObject, schema: TObject): string {
  const { params } = error;
  switch (error.keyword) {
    case "required":
      return "is required";
    case "additionalProperties": {
      const known = knownBeside(error, schema);
      return known
        ? unknownProperty(String(params["additionalProperty"]), known)
        : `must be among ${error.parentSchema?.["form"] ?? "other names"}`;
    }
    case "enum":
      return `must be one of ${(Array.isArray(params["allowedValues"]) ? params["allowedValues"] : []).join(", ")}`;
    case "type":
      return `must be ${(params["type"] === "string" && error.parentSchema?.["form"]) || article(String(params["type"]))}${howToWrite(String(params["type"]), error.data)}`;
    case "pattern":
      return `must be ${error.parentSchema?.["form"] ?? `like ${params["pattern"]}`}`;
    default:
      return error.message ?? "is not valid";
  }
}

/** Words that were truth values before YAML 1.2 (§10.3.2). */
const OLD_BOOLEAN = /^(yes|no|on|off|y|n)$/i;

function howToWrite(type: string, data: unknown): string {
  if (type === "string" && typeof data === "number")
    return ": write it in quotes, as a number does not keep all its digits";
  if (type !== "boolean" || typeof data !== "string") return "";
  return `: write true or false${OLD_BOOLEAN.test(data) ? ` (YAML 1.2 does not know \`${data}\`)` : " without quotes"}`;
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** The names that there are beside one that is none of them; undefined where any name of a form would do. */
function knownBeside({ keyword, parentSchema }: ErrorObject, schema: TObject): readonly string[] | undefined {
  if (keyword !== "additionalProperties") return undefined;
  if (parentSchema?.["properties"] === undefined && parentSchema?.["patternProperties"]) return undefined;
  return Object.keys(parentSchema?.["properties"] ?? schema.properties);
}

function unknownProperty(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const help = near ? `did you mean ${near}?` : `known are ${known.join(", ")}`;
  return `there is no property ${shownPath([name])}: ${help}`;
}

function nearest(name: string, known: readonly string[]): string | undefined {
  return known.find((candidate) => distance(candidate.toLowerCase(), name.toLowerCase()) <= 2);
}

/** Levenshtein distance, enough for names. */
function distance(a: string, b: string): number {
  if (a.length > 80 || b.length > 80) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
