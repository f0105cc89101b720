import type { Static, TObject } from "typebox";
import { ownOf } from "../values.ts";

/** A program of Pulumi YAML, for schema, hover and documents. */
export interface Example {
  /** What it shows, as a heading. */
  readonly title: string;
  readonly yaml: string;
}

/**
 * The one definition of a resource: the check of its inputs, its TypeScript types, the Pulumi schema and the README
 * tables all come from here. Beside JSON Schema's own words a property may carry:
 *
 * - `secret: true`: kept encrypted in the state, masked in every output;
 * - `writeOnly: true`: declared by the user and never readable from the service (JSON Schema's own word);
 * - `replaceOnChanges: true`: a change makes a new object;
 * - `environment: ["NAME", …]`: environment variables that stand in for an absent value;
 * - `recomputed: true`: an output that an update may change, so that a preview does not know it;
 * - `volatile: true`: changes by itself from run to run, so that only its coming and going is a change of the resource;
 * - `autonamed: true`: an input that programs may leave out, and that gets a name of the resource's then;
 * - `importedWithout: true`: an input that has to be given, and that what is imported may not have;
 * - `settled: true`: an optional input that is always there in what the resource tells, given or made of another one;
 * - `sameAsId: true`: an output that is the resource's id, and so known whenever that is;
 * - `caseless: true`: capital and small letters are the same, so that another case is no change;
 * - `guid: true`: an id in any usual spelling, which is the same;
 * - `jsonText: true`: a text that is JSON, which may be given as the object;
 * - `asFile`: an object that may be given as text, and in place of which its member `member` may be given, known by members of its own;
 * - `anything: true`: a value of any shape, which the provider checks itself;
 * - `typeDescription`: what the named type of an object is, where several properties have it;
 * - `form`: the pattern in words, for errors: `must be ${form}`;
 * - `check`: a function that says what is wrong with a text, as the end of a sentence, and undefined where nothing is. It knows all that
 *   the pattern refuses, and may refuse more: `must be ${form}; this one …`, or without a form what it says.
 */
export interface Definition<Inputs extends TObject = TObject, Outputs extends TObject = TObject> {
  /** The name in programs: `gmailsync:NAME`. */
  readonly name: string;
  readonly description: string;
  /** Complete programs, the smallest first; a resource without one does not compile. */
  readonly examples: readonly [Example, ...Example[]];
  readonly inputs: Inputs;
  /** What the resource tells beside its inputs. */
  readonly outputs: Outputs;
  /** What to give to `pulumi import`; a component has no id. */
  readonly importId?: string;
  /** How what is there comes in, where no id brings it. */
  readonly importing?: string;
  /** Seconds an operation may take when the program sets no `customTimeouts`. */
  readonly timeoutSeconds: number;
  /** What else it is held to, in sentences. */
  readonly limits?: readonly string[];
}

export type InputsOf<D extends Definition> = Static<D["inputs"]>;
export type OutputsOf<D extends Definition> = Static<D["outputs"]>;

/** Keeps the exact types of a definition while checking its shape. */
export function define<I extends TObject, O extends TObject>(definition: Definition<I, O>): Definition<I, O> {
  return definition;
}

const PREFIX = "gmailsync:index:";

/** The type token of a resource, as programs and the engine name it. */
export function tokenOf(name: string): string {
  return `${PREFIX}${name}`;
}

/** The name in a type token of this package; undefined where it is of another. */
export function nameOf(token: string): string | undefined {
  return token.startsWith(PREFIX) ? token.slice(PREFIX.length) : undefined;
}

/** Extra words that properties carry and that a validator passes over; it has to know them. `check` it carries out. */
export const keywords = [
  "secret",
  "replaceOnChanges",
  "environment",
  "form",
  "recomputed",
  "volatile",
  "caseless",
  "autonamed",
  "importedWithout",
  "settled",
  "sameAsId",
  "guid",
  "jsonText",
  "asFile",
  "anything",
  "typeDescription",
] as const;

/** What the schema of one property says, as far as hosts and generators read it. */
export interface PropertySchema {
  readonly type?: string;
  /** Names the type of an object or of a choice in SDKs. */
  readonly title?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly items?: PropertySchema;
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly patternProperties?: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
  readonly default?: string | number | boolean;
  readonly description?: string;
  readonly typeDescription?: string;
  readonly secret?: boolean;
  readonly writeOnly?: boolean;
  readonly replaceOnChanges?: boolean;
  readonly recomputed?: boolean;
  readonly volatile?: boolean;
  readonly caseless?: boolean;
  readonly autonamed?: boolean;
  readonly importedWithout?: boolean;
  readonly settled?: boolean;
  readonly sameAsId?: boolean;
  readonly guid?: boolean;
  readonly jsonText?: boolean;
  readonly asFile?: { readonly member: string; readonly knownBy: readonly string[] };
  readonly anything?: boolean;
  readonly environment?: readonly string[];
  readonly pattern?: string;
  readonly form?: string;
  readonly check?: (text: string) => string | undefined;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
}

/** What a schema says of one member of an object or a list. Names of objects may be numbers, too. */
export function memberOf(schema: PropertySchema, key: string | number): PropertySchema | undefined {
  const { properties = {}, patternProperties = {}, items } = schema;
  return items ?? ownOf(properties, String(key)) ?? Object.values(patternProperties)[0];
}

/** The properties of an object schema by name. */
export function properties(schema: TObject): Readonly<Record<string, PropertySchema>> {
  return schema.properties;
}

/** Names of what a program has to give. */
export function requiredOf(schema: TObject): string[] {
  const free = new Set(propertiesWhere(schema, (p) => p.default !== undefined || p.autonamed));
  return (schema.required ?? []).filter((name) => !free.has(name));
}

/**
 * Names of what a Pulumi schema requires: not what an import may find nothing for, as the engine would write an empty text for it into
 * the code that it generates. The check asks for it.
 */
export function requiredInSchema(schema: TObject): string[] {
  const lacking = new Set(propertiesWhere(schema, (p) => p.writeOnly || p.importedWithout));
  return requiredOf(schema).filter((name) => !lacking.has(name));
}

/** Names of what is always there once a resource is, of its inputs or its outputs. */
export function certainOf(schema: TObject): string[] {
  return [...(schema.required ?? []), ...propertiesWhere(schema, ({ settled }) => settled)];
}

/** Names of the properties of `schema` for which `test` holds. */
export function propertiesWhere(schema: TObject, test: (property: PropertySchema) => boolean | undefined): string[] {
  return Object.entries(properties(schema)).flatMap(([name, property]) => (test(property) ? [name] : []));
}
