import type { TObject } from "typebox";
import { fleet } from "../../provider/resources/fleet/definition.ts";
import {
  certainOf,
  type Definition,
  type PropertySchema,
  properties,
  requiredInSchema,
  tokenOf,
} from "../../provider/schema/define.ts";
import type { FunctionDefinition } from "../../provider/schema/function.ts";
import { ProviderConfiguration } from "../../provider/schema/provider-configuration.ts";
import { example } from "./markdown.ts";

type SchemaObject = { readonly [key: string]: unknown };

const PACKAGE = "gmailsync";

/** What generators want to know. An SDK asks for the plugin of its own version. */
const LANGUAGES = {
  // Not the name of the npm package: what `pulumi package add` generates would take its place in a project.
  nodejs: { packageName: "@gmailsync/gmailsync", respectSchemaVersion: true },
  python: {
    packageName: "pulumi_gmailsync",
    respectSchemaVersion: true,
    pyproject: { enabled: true },
    inputTypes: "classes-and-dicts",
  },
  go: {
    importBasePath: "github.com/gmailsync/pulumi-gmailsync/sdk/go/gmailsync",
    respectSchemaVersion: true,
    generateResourceContainerTypes: true,
  },
  csharp: { respectSchemaVersion: true },
};

/** What package.json says of both packages. */
export interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
}

/** The Pulumi package schema (pkg/codegen/schema/pulumi.json), derived from the definitions. */
export function pulumiSchema(
  { version, description, keywords }: Manifest,
  definitions: readonly Definition[],
  functions: readonly FunctionDefinition[],
  listed: Readonly<Record<string, TObject>>,
): SchemaObject {
  const types = new Map<string, SchemaObject>();
  const shape = (schema: TObject) => objectShape(schema.properties, schema.required ?? [], types);
  const configuration = shape(ProviderConfiguration);
  return {
    name: PACKAGE,
    displayName: "gmailsync",
    version,
    description,
    keywords: [...keywords, "category/cloud", "kind/native"],
    license: "Apache-2.0",
    publisher: "gmailsync",
    logoUrl: "https://raw.githubusercontent.com/gmailsync/pulumi-gmailsync/main/docs/images/logo.svg",
    homepage: "https://github.com/gmailsync/pulumi-gmailsync",
    repository: "https://github.com/gmailsync/pulumi-gmailsync",
    meta: { moduleFormat: "(.*)" },
    pluginDownloadURL: "github://api.github.com/gmailsync/pulumi-gmailsync",
    language: LANGUAGES,
    config: { variables: configuration.properties },
    provider: {
      description:
        "Credentials are best left to the environment: what is configured here is stored in the state, encrypted.",
      inputProperties: configuration.properties,
    },
    resources: {
      ...Object.fromEntries(
        definitions.map((d) => [tokenOf(d.name), { ...resource(d, types), ...listInputs(listed[d.name], types) }]),
      ),
      [tokenOf(fleet.name)]: { ...resource(fleet, types), isComponent: true },
    },
    functions: Object.fromEntries(functions.map((one) => [tokenOf(one.name), functionOf(one, types)])),
    types: Object.fromEntries([...types].sort(([a], [b]) => a.localeCompare(b))),
  };
}

function resource(definition: Definition, types: Map<string, SchemaObject>): SchemaObject {
  const inputs = objectShape(properties(definition.inputs), definition.inputs.required ?? [], types);
  const outputs = objectShape(properties(definition.outputs), definition.outputs.required ?? [], types);
  const required = requiredInSchema(definition.inputs);
  return {
    description: withExamples(
      definition,
      definition.importId ? [`## Import\n\n\`pulumi import\` with ${definition.importId}.`] : [],
    ),
    inputProperties: inputs.properties,
    ...(required.length > 0 && { requiredInputs: required }),
    properties: { ...inputs.properties, ...outputs.properties },
    required: [...new Set([definition.inputs, definition.outputs].flatMap(certainOf))],
  };
}

function listInputs(filters: TObject | undefined, types: Map<string, SchemaObject>): SchemaObject {
  if (!filters) return {};
  const shape = objectShape(properties(filters), [], types);
  // The engine leaves out what is empty.
  return {
    listInputs: { type: "object", ...(Object.keys(shape.properties).length > 0 && { properties: shape.properties }) },
  };
}

function functionOf(definition: FunctionDefinition, types: Map<string, SchemaObject>): SchemaObject {
  const shape = (schema: TObject) => objectShape(properties(schema), schema.required ?? [], types);
  const [inputs, outputs] = [shape(definition.inputs), shape(definition.outputs)];
  return {
    description: withExamples(definition),
    inputs: { properties: inputs.properties, ...(inputs.required.length > 0 && { required: inputs.required }) },
    outputs: { properties: outputs.properties, required: outputs.required },
  };
}

/** With the shortcodes by which Pulumi's generators know examples. */
function withExamples({ description, examples }: FunctionDefinition, more: readonly string[] = []): string {
  return [
    description,
    "{{% examples %}}\n## Example Usage",
    ...examples.map((one) => `{{% example %}}\n${example(one, "###")}\n\n{{% /example %}}`),
    "{{% /examples %}}",
    ...more,
  ].join("\n\n");
}

function objectShape(
  schemas: Readonly<Record<string, PropertySchema>>,
  required: readonly string[],
  types: Map<string, SchemaObject>,
): { properties: SchemaObject; required: readonly string[] } {
  return {
    properties: Object.fromEntries(Object.entries(schemas).map(([name, p]) => [name, property(name, p, types)])),
    required,
  };
}

function property(name: string, schema: PropertySchema, types: Map<string, SchemaObject>): SchemaObject {
  if (!schema.description) throw new Error(`the property ${name} has no description`);
  return {
    ...typeOf(schema, types),
    description: withVariables(schema),
    ...(schema.default !== undefined && { default: schema.default }),
    ...(schema.secret && { secret: true }),
    ...(schema.replaceOnChanges && { replaceOnChanges: true }),
  };
}

/**
 * With the environment's variables in words, and not as defaults: an SDK would read them itself, and hand what it has read over to the
 * state. The provider reads them.
 */
function withVariables(schema: PropertySchema): string {
  const variables = schema.environment?.map((variable) => `\`${variable}\``).join(", ");
  return `${describe(schema)}${variables ? ` In the environment: ${variables}.` : ""}`;
}

/** A description with the allowed values, which tell most where they are read. */
export function describe(schema: PropertySchema): string {
  const values = schema.enum ? ` One of ${schema.enum.map((value) => `\`${value}\``).join(", ")}.` : "";
  return `${schema.description ?? ""}${values}`;
}

function typeOf(schema: PropertySchema, types: Map<string, SchemaObject>): SchemaObject {
  if (schema.anything) return { $ref: "pulumi.json#/Any" };
  if (schema.enum && schema.title) return reference(schema.title, enumType(schema, schema.enum), types);
  if (schema.enum || schema.type === "string") return { type: "string" };
  if (schema.type === "array" && schema.items) return { type: "array", items: typeOf(schema.items, types) };
  if (schema.type === "object" && schema.properties) {
    const name = schema.title;
    if (!name) throw new Error("an object property needs a title, which names its type in the Pulumi schema");
    const { properties, required } = objectShape(schema.properties, schema.required ?? [], types);
    const description = schema.typeDescription ?? schema.description;
    return reference(name, { type: "object", description, properties, required }, types);
  }
  const values = Object.values(schema.patternProperties ?? {})[0];
  if (values) return { type: "object", additionalProperties: typeOf(values, types) };
  return { type: schema.type };
}

function enumType({ typeDescription, description }: PropertySchema, values: readonly string[]): SchemaObject {
  return {
    type: "string",
    description: typeDescription ?? description,
    enum: values.map((value) => ({ name: nameOfChoice(value), value })),
  };
}

/** One name stands for one type. */
function reference(name: string, type: SchemaObject, types: Map<string, SchemaObject>): SchemaObject {
  const token = tokenOf(name);
  const known = types.get(token);
  if (known && JSON.stringify(known) !== JSON.stringify(type)) throw new Error(`there are two types called ${name}`);
  types.set(token, type);
  return { $ref: `#/types/${token}` };
}

/** What one of several values is called in programs: `LeaveInInbox`, `ProfileMissing`. */
export function nameOfChoice(value: string): string {
  const words = value === value.toUpperCase() ? value.toLowerCase().split("_") : [value];
  return words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join("");
}
