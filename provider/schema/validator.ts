import type { Static, TObject } from "typebox";
import { Check, Compile, Errors, Pointer, type Validator } from "typebox/schema";
import { Settings } from "typebox/system";
import { containsUnknown, type Path, pick, type Tree, type Value, valueAt } from "../values.ts";
import { membersAsGiven } from "./as-given.ts";
import { memberOf, type PropertySchema, properties } from "./define.ts";
import { shownPath } from "./shown-name.ts";

/** What is wrong with one property, in words that never contain its value, but for the host of an environment. */
export interface Failure {
  readonly path: Path;
  readonly reason: string;
  /** The names that there are, where the path ends with one that is near none of them, which may be anything. */
  readonly known?: readonly string[];
}

// Of a fleet all that is wrong is told, and where; TypeBox would end with the eighth.
Settings.Set({ maxErrors: Number.POSITIVE_INFINITY });

/** A schema as TypeBox carries it out. What else a property may carry it passes over. */
interface CarriedOut extends PropertySchema {
  readonly "~refine"?: readonly { check(value: unknown): boolean; error(value: unknown): string }[];
}

/** Compiling takes as long as so many checks, of which a command that handles a few mailboxes makes fewer. */
const OFTEN = 200;

/** What values of a schema are held to. */
class Form {
  readonly #schema: CarriedOut;
  #uses = 0;
  #compiled: Validator | undefined;

  constructor(schema: PropertySchema) {
    this.#schema = translated(schema);
  }

  fits(value: unknown): boolean {
    if (++this.#uses === OFTEN) this.#compiled = Compile(this.#schema);
    return this.#compiled ? this.#compiled.Check(value) : Check(this.#schema, value);
  }

  errors(value: unknown): readonly SchemaError[] {
    return Errors(this.#schema, value)[1];
  }
}

type SchemaError = ReturnType<typeof Errors>[1][number];

const forms = new WeakMap<object, Form>();

function formOf(schema: PropertySchema): Form {
  const known = forms.get(schema);
  if (known) return known;
  const fresh = new Form(schema);
  forms.set(schema, fresh);
  return fresh;
}

/** A `check` takes the place of its pattern. Lengths are in UTF-16 units, as Dataverse counts, not in code points. */
function translated({ check, maxLength = Number.POSITIVE_INFINITY, ...schema }: PropertySchema): CarriedOut {
  const { form, pattern, items, properties, patternProperties, ...rest } = schema;
  const refusal = (value: unknown): string | undefined => {
    const text = String(value);
    if (text.length > maxLength) return `must not have more than ${maxLength} characters`;
    const problem = check?.(text);
    return problem && form ? `must be ${form}; this one ${problem}` : problem;
  };
  const isRefined = check !== undefined || maxLength < Number.POSITIVE_INFINITY;
  return {
    ...rest,
    ...(pattern !== undefined && !check && { pattern }),
    ...(items && { items: translated(items) }),
    ...(properties && { properties: allTranslated(properties) }),
    ...(patternProperties && { patternProperties: allTranslated(patternProperties) }),
    ...(isRefined && {
      "~refine": [{ check: (value) => refusal(value) === undefined, error: (value) => refusal(value) ?? "" }],
    }),
  };
}

function allTranslated(schemas: Readonly<Record<string, PropertySchema>>): Readonly<Record<string, CarriedOut>> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, translated(schema)]));
}

/** Whether the value has the schema's shape. */
export function matches<S extends TObject>(schema: S, value: unknown): value is Static<S> {
  return formOf(schema).fits(value);
}

/** Values taken for what they are, with defaults for what is not given; undefined where that has not the schema's shape. */
export function completed<S extends TObject>(schema: S, tree: Tree): Static<S> | undefined {
  const whole = membersAsGiven(schema, tree);
  return matches(schema, whole) ? whole : undefined;
}

/** The properties of a tree that the schema knows and that have its shape; others are left out, no default is filled in. */
export function soundPart<S extends TObject>(schema: S, tree: Tree): Partial<Static<S>> {
  const loose = looseOf(schema);
  const candidate = pick(tree, (name) => Object.hasOwn(loose.properties, name));
  if (matchesLoosely(schema, candidate)) return candidate;
  const broken = new Set(
    formOf(loose)
      .errors(candidate)
      .map(({ instancePath }) => pathOf(instancePath)[0]),
  );
  const sound = pick(candidate, (name) => !broken.has(name));
  return matchesLoosely(schema, sound) ? sound : {};
}

function matchesLoosely<S extends TObject>(schema: S, value: unknown): value is Partial<Static<S>> {
  return formOf(looseOf(schema)).fits(value);
}

interface LooseSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, PropertySchema>>;
}

const loosened = new WeakMap<TObject, LooseSchema>();

/** The same properties, none of them required, without defaults, in whatever form: what others have made is shown as it is. */
function looseOf(schema: TObject): LooseSchema {
  const known = loosened.get(schema);
  if (known) return known;
  const kept = Object.entries(properties(schema)).map(([name, { default: _, pattern: __, check: ___, ...rest }]) => [
    name,
    rest,
  ]);
  const loose = { type: "object", properties: Object.fromEntries(kept) } as const;
  loosened.set(schema, loose);
  return loose;
}

/** Takes values for what they are, checks them and fills in defaults. Those that are not known yet pass. */
export function validate(schema: TObject, tree: Tree): { readonly tree: Tree; readonly failures: readonly Failure[] } {
  const copy = membersAsGiven(schema, tree);
  if (matches(schema, copy)) return { tree: copy, failures: [] };
  const failures = formOf(schema)
    .errors(copy)
    .flatMap((error) => failuresOf(error, schema, copy));
  return { tree: copy, failures: failures.filter(({ path }) => !containsUnknown(valueAt(copy, path) ?? null)) };
}

/** A JSON pointer as a path. */
function pathOf(pointer: string): Path {
  return Pointer.Indices(pointer).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function failuresOf(error: SchemaError, schema: PropertySchema, tree: Tree): readonly Failure[] {
  const path = pathOf(error.instancePath);
  const place = path.reduce<PropertySchema | undefined>((outer, key) => outer && memberOf(outer, key), schema);
  switch (error.keyword) {
    case "required":
      return error.params.requiredProperties.map((name) => ({ path: [...path, name], reason: "is required" }));
    case "additionalProperties":
      return error.params.additionalProperties.map((name) => ({ path: [...path, name], ...strange(name, place) }));
    // Of each strange member by itself, which stands in the one above.
    case "boolean":
      return [];
    default:
      return [{ path, reason: reasonOf(error, place, valueAt(tree, path)) }];
  }
}

/** What is wrong with a name; with the names that there are, where it is near none of them. */
function strange(name: string, schema: PropertySchema | undefined): Omit<Failure, "path"> {
  const known = schema?.properties && Object.keys(schema.properties);
  if (!known) return { reason: `must be among ${schema?.form ?? "other names"}` };
  const near = nearest(name, known);
  const unknown = `there is no property ${shownPath([name])}`;
  if (near) return { reason: `${unknown}: did you mean ${near}?` };
  return { reason: `${unknown}: known are ${known.join(", ")}`, known };
}

/** What was expected, in words that never contain the value. */
function reasonOf(error: SchemaError, schema: PropertySchema | undefined, value: Value | undefined): string {
  switch (error.keyword) {
    case "enum":
      return `must be one of ${error.params.allowedValues.join(", ")}`;
    case "type": {
      const type = String(error.params.type);
      return `must be ${(type === "string" && schema?.form) || article(type)}${howToWrite(type, value)}`;
    }
    case "pattern":
      return `must be ${schema?.form ?? `like ${error.params.pattern}`}`;
    default:
      return error.message;
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
