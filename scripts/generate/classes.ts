import type { TObject } from "typebox";
import {
  certainOf,
  type Definition,
  type PropertySchema,
  properties,
  propertiesWhere,
  requiredOf,
  tokenOf,
} from "../../provider/schema/define.ts";
import type { FunctionDefinition } from "../../provider/schema/function.ts";
import { describe, nameOfChoice } from "./pulumi-schema.ts";

/** The classes for TypeScript programs, derived from the definitions; a formatter goes over it. */
export function pluginClasses(definitions: readonly Definition[]): string {
  const types = new Map<string, string>();
  const classes = definitions.map((definition) => `${argsOf(definition, types)}\n\n${pluginClass(definition, types)}`);
  return [
    HEADER,
    'import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";',
    'import { GmailsyncResource } from "./plugin-resource.ts";',
    ...types.values(),
    ...classes,
  ].join("\n\n");
}

/** The functions for TypeScript programs. */
export function pluginFunctions(functions: readonly FunctionDefinition[], resources: readonly Definition[]): string {
  const types = new Map<string, string>();
  const made = functions.map((definition) => pluginFunction(definition, types));
  const shared = withoutShared(types, resources);
  return [
    HEADER,
    'import type { Input, InvokeOptions, InvokeOutputOptions, Output } from "@pulumi/pulumi";',
    'import { invoke, invokeOutput } from "./pulumi.ts";',
    `import type { ${shared.join(", ")} } from "./resources.ts";`,
    ...types.values(),
    ...made,
  ].join("\n\n");
}

/** The class of an explicit provider, for who needs two or none of the environment's settings. */
export function pluginProvider(configuration: TObject, resources: readonly Definition[]): string {
  const types = new Map<string, string>();
  const args = members(configuration, (key, p) => `${key}?: Input<${inputType(p, types)}> | undefined;`);
  const secrets = propertiesWhere(configuration, ({ secret }) => secret);
  const shared = withoutShared(types, resources);
  return [
    HEADER,
    'import type { Input, ResourceOptions } from "@pulumi/pulumi";',
    'import { GmailsyncProvider } from "./plugin-provider.ts";',
    `import type { ${shared.join(", ")} } from "./resources.ts";`,
    ...types.values(),
    `/** Settings of a provider; what is left out comes from the environment. */\nexport interface ProviderArgs {\n${args}\n}`,
    `/** A provider with settings of its own, for the \`provider\` of resources. What is given here is stored in the state, secrets encrypted. */
export class Provider extends GmailsyncProvider {
  constructor(name: string, args: ProviderArgs = {}, options: ResourceOptions = {}) {
    super(${JSON.stringify(secrets)}, name, { ...args }, options);
  }
}`,
  ].join("\n\n");
}

/** Takes the types away that the classes bring; their names. */
function withoutShared(types: Map<string, string>, resources: readonly Definition[]): string[] {
  return [...typesOf(resources)].filter((name) => types.delete(name));
}

/** Names of the types that the classes bring. */
function typesOf(definitions: readonly Definition[]): Iterable<string> {
  const types = new Map<string, string>();
  for (const definition of definitions) {
    argsOf(definition, types);
    fieldsOf(definition.inputs, definition.outputs, types);
  }
  return types.keys();
}

function pluginFunction(definition: FunctionDefinition, types: Map<string, string>): string {
  const { name, inputs, outputs, description, examples } = definition;
  const title = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const required = new Set(inputs.required ?? []);
  const sure = new Set(outputs.required ?? []);
  const args = (wrap: (inner: string) => string) =>
    members(inputs, (key, p) => {
      const optional = required.has(key) ? "" : "?";
      return `readonly ${key}${optional}: ${wrap(typeOf(p, types, "", (inner) => inner))}${optional && " | undefined"};`;
    });
  const result = members(outputs, (key, p) => {
    const optional = sure.has(key) ? "" : "?";
    return `readonly ${key}${optional}: ${outputType(p, types)}${optional && " | undefined"};`;
  });
  const text = about({ description, examples });
  const told = `${comment(`What ${name} tells.`)}\nexport interface ${title}Result {\n${result}\n}`;
  if (Object.keys(properties(inputs)).length === 0) {
    return `${told}

${comment(text)}
export function ${name}(options: InvokeOptions = {}): Promise<${title}Result> {
  return invoke(${JSON.stringify(tokenOf(name))}, {}, options);
}`;
  }
  const none = required.size === 0 ? " = {}" : "";
  return `${comment(`What ${name} takes.`)}
export interface ${title}Args {
${args((inner) => inner)}
}

${comment(`What ${name} takes, where it may not be known yet.`)}
export interface ${title}OutputArgs {
${args((inner) => `Input<${inner}>`)}
}

${told}

${comment(text)}
export function ${name}(args: ${title}Args${none}, options: InvokeOptions = {}): Promise<${title}Result> {
  return invoke(${JSON.stringify(tokenOf(name))}, { ...args }, options);
}

${comment(`${name} with arguments that may not be known yet.`)}
export function ${name}Output(args: ${title}OutputArgs${none}, options: InvokeOutputOptions = {}): Output<${title}Result> {
  return invokeOutput(${JSON.stringify(tokenOf(name))}, { ...args }, options);
}`;
}

/** The same as dynamic resources. */
export function dynamicClasses(definitions: readonly Definition[]): string {
  const types = new Map<string, string>();
  const classes = definitions.map((definition) => dynamicClass(definition, types));
  const names = [...definitions.map(({ name }) => `${name}Args`), ...types.keys()].filter((name) =>
    classes.join().includes(name),
  );
  return [
    HEADER,
    'import type { CustomResourceOptions, Output } from "@pulumi/pulumi";',
    `import type { ${names.join(", ")} } from "../../provider/sdk/resources.ts";`,
    'import { DynamicResource } from "./dynamic-resource.ts";',
    ...classes,
  ].join("\n\n");
}

/** A fleet as a program gives it: like the file, but secrets may be values and outputs. */
export function fleetValue(spec: TObject, resources: readonly Definition[]): string {
  const type = typeOf(spec, undefined, "", (inner, { title }) =>
    title === "SecretReference" ? `${inner} | Input<string>` : inner,
  );
  const words = new Set(type.match(/\w+/g));
  const named = [...typesOf(resources)].filter((name) => words.has(name));
  return [
    HEADER,
    'import type { Input } from "@pulumi/pulumi";',
    `import type { ${named.join(", ")} } from "./resources.ts";`,
    `/** A fleet as a value: like the file, but secrets may be outputs. */\nexport interface FleetValue ${type}`,
  ].join("\n\n");
}

const HEADER = "// Generated from the definitions by `npm run schema`.";

function argsOf({ name, inputs }: Definition, types: Map<string, string>): string {
  const required = new Set(requiredOf(inputs));
  const args = members(inputs, (key, p) => {
    const optional = !required.has(key);
    return `${key}${optional ? "?" : ""}: Input<${inputType(p, types)}>${optional ? " | undefined" : ""};`;
  });
  return `${comment(`What ${name} takes.`)}\nexport interface ${name}Args {\n${args}\n}`;
}

function pluginClass(definition: Definition, types: Map<string, string>): string {
  const { name, inputs, outputs, importId } = definition;
  return `${comment(`${about(definition)}\n\nImport with ${importId}.`)}
export class ${name} extends GmailsyncResource {
${fieldsOf(inputs, outputs, types)}

  constructor(name: string, args: ${name}Args, options: CustomResourceOptions = {}) {
    super(${kindOf(name, inputs, outputs)}, name, args, options);
  }

  /** An existing one by its id: ${importId}. */
  static get(name: string, id: Input<ID>, options: CustomResourceOptions = {}): ${name} {
    return Reflect.construct(${name}, [name, undefined, { ...options, id }]);
  }
}`;
}

/** Previews of dynamic resources know of an update nothing but the id. */
function dynamicClass(definition: Definition, types: Map<string, string>): string {
  const { name, inputs, outputs } = definition;
  const ids = propertiesWhere(outputs, ({ sameAsId }) => sameAsId).map((output) => `\n    this.${output} = this.id;`);
  return `${comment(about(definition))}
export class ${name} extends DynamicResource {
${fieldsOf(inputs, outputs, types)}

  constructor(name: string, args: ${name}Args, options: CustomResourceOptions = {}) {
    super(${kindOf(name, inputs, outputs)}, name, args, options);${ids.join("")}
  }
}`;
}

/** What an editor shows of a class: what it is, and the smallest program. */
function about({ description, examples: [smallest] }: Pick<Definition, "description" | "examples">): string {
  return `${description}\n\n\`\`\`yaml\n${smallest.yaml.trim()}\n\`\`\``;
}

/** What the base class has to know: the token, all properties, and those that are secret. */
function kindOf(name: string, inputs: TObject, outputs: TObject): string {
  const names = [...new Set([...Object.keys(properties(inputs)), ...Object.keys(properties(outputs))])];
  const secrets = propertiesWhere(inputs, ({ secret }) => secret);
  return `{ token: ${JSON.stringify(tokenOf(name))}, names: ${JSON.stringify(names)}, secrets: ${JSON.stringify(secrets)} }`;
}

function fieldsOf(inputs: TObject, outputs: TObject, types: Map<string, string>): string {
  const told = properties(outputs);
  const fields = [inputs, outputs].map((schema) =>
    members(schema, (key, p) => {
      if (schema === inputs && key in told) return undefined;
      const maybe = certainOf(schema).includes(key) ? "" : " | undefined";
      return `declare readonly ${key}: Output<${outputType(p, types)}${maybe}>;`;
    }),
  );
  return fields.join("\n");
}

function members(schema: TObject, line: (key: string, property: PropertySchema) => string | undefined): string {
  return Object.entries(properties(schema))
    .flatMap(([key, property]) => {
      const text = line(key, property);
      return text === undefined ? [] : [`${comment(describe(property))}\n${text}`];
    })
    .join("\n");
}

/** Every level may be given as an output; the types of outputs are plain. */
function inputType(schema: PropertySchema, types: Map<string, string>): string {
  return typeOf(schema, types, "Args", (inner) => `Input<${inner}>`);
}

function outputType(schema: PropertySchema, types: Map<string, string>): string {
  return typeOf(schema, types, "", (inner) => inner);
}

/**
 * Types of objects, and of enums that have a title, go to `types` under it; without such a map objects are written where they are used, and
 * enums are imported.
 */
function typeOf(
  schema: PropertySchema,
  types: Map<string, string> | undefined,
  suffix: string,
  wrap: (inner: string, property: PropertySchema) => string,
): string {
  const inner = (property: PropertySchema) => wrap(typeOf(property, types, suffix, wrap), property);
  if (schema.enum) {
    const values = schema.enum.map((value) => JSON.stringify(value)).join(" | ");
    if (schema.title === undefined) return values;
    types?.set(schema.title, choice(schema.title, schema.typeDescription ?? schema.description, schema.enum));
    return schema.title;
  }
  if (schema.type === "array" && schema.items) return `readonly (${inner(schema.items)})[]`;
  const values = schema.properties ? undefined : Object.values(schema.patternProperties ?? {})[0];
  if (values) return `Readonly<Record<string, ${inner(values)}>>`;
  if (schema.type === "object" && schema.properties) {
    const name = `${schema.title}${suffix}`;
    const lines = Object.entries(schema.properties).flatMap(([key, property]) => {
      if (property.const !== undefined) return []; // a mark of the project's own
      const mark = (schema.required ?? []).includes(key) ? "" : "?";
      return `${comment(describe(property))}\nreadonly ${key}${mark}: ${inner(property)}${mark && " | undefined"};`;
    });
    const body = `{\n${lines.join("\n")}\n}`;
    if (types === undefined) return body;
    types.set(name, `${comment(schema.typeDescription ?? schema.description ?? "")}\nexport interface ${name} ${body}`);
    return name;
  }
  return schema.type === "integer" ? "number" : (schema.type ?? "unknown");
}

/** A type, and its values by name for who wants them completed. */
function choice(title: string, description = "", values: readonly string[]): string {
  const named = values.map((value) => `${nameOfChoice(value)}: ${JSON.stringify(value)}`);
  return `${comment(description)}
export const ${title} = { ${named.join(", ")} } as const;
export type ${title} = (typeof ${title})[keyof typeof ${title}];`;
}

function comment(text: string): string {
  return text ? `/** ${text.replaceAll("*/", "*\\/").replaceAll("\n", "\n * ")} */` : "";
}
