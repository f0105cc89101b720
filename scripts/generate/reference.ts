import { posix } from "node:path";
import type { TObject } from "typebox";
import { type Definition, type PropertySchema, properties, requiredOf } from "../../provider/schema/define.ts";
import type { FunctionDefinition } from "../../provider/schema/function.ts";
import { code, example, MADE, table } from "./markdown.ts";
import { describe } from "./pulumi-schema.ts";

/** Folder of the pages, one a resource. */
export const RESOURCE_PAGES = "docs/resources";

/** The page of a resource, seen from the root of the repository. */
export function fileOf({ name }: Pick<Definition, "name">): string {
  const kebab = name.replaceAll(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, "$1$3-$2$4").toLowerCase();
  return `${RESOURCE_PAGES}/${kebab}.md`;
}

export function resourcePage({ name, description, examples, inputs, outputs, importId }: Definition): string {
  const required = new Set(requiredOf(inputs));
  return page(name, [
    description,
    "## Examples",
    ...examples.map((one) => example(one, "###")),
    "## Inputs",
    table(
      ["input", "", "what"],
      rows(properties(inputs), (key, p) => inputRow(key, p, required.has(key))),
    ),
    "## Outputs",
    ...(importId ? ["Every input is an output, too."] : []),
    table(["output", "what"], rows(properties(outputs), plainRow)),
    ...typeSections([inputs, outputs]),
    ...(importId ? ["## Import", `\`pulumi import\` with ${importId}.`] : []),
  ]);
}

/** One page for all functions. */
export function functionsPage(functions: readonly FunctionDefinition[]): string {
  return page("Functions", [
    "They only read, and hold no secret. In Pulumi YAML by `fn::invoke`, in other languages as functions of the package; each has a form with `Output` at its end for arguments that are not known yet.",
    ...functions.flatMap(({ name, description, examples, inputs, outputs }) => {
      const required = new Set(inputs.required ?? []);
      return [
        `## ${name}`,
        description,
        ...examples.map((one) => example(one, "###")),
        ...(Object.keys(properties(inputs)).length > 0
          ? [
              table(
                ["argument", "", "what"],
                rows(properties(inputs), (key, p) => inputRow(key, p, required.has(key))),
              ),
            ]
          : []),
        table(["result", "what"], rows(properties(outputs), plainRow)),
      ];
    }),
    ...typeSections(functions.flatMap(({ inputs, outputs }) => [inputs, outputs])),
  ]);
}

export function configurationPage(configuration: TObject): string {
  return page("Configuration of the provider", [
    "Settings are given by the stack's configuration (`pulumi config set gmailsync:environmentUrl …`), by the arguments of an explicit provider, or by the environment. Credentials are best left to the environment: then they are never stored in the state.",
    table(["setting", "environment", "what"], rows(properties(configuration), configurationRow)),
    ...typeSections([configuration]),
  ]);
}

/** All resources with their pages, seen from a folder, and what each is for in its first sentence. */
export function indexTable(definitions: readonly Definition[], from: string): string {
  return table(
    ["resource", "what"],
    definitions.map((definition) => [
      `[${definition.name}](${posix.relative(from, fileOf(definition))})`,
      /^.*?[.:](?=\s|$)/s.exec(definition.description)?.[0].replace(/:$/, ".") ?? definition.description,
    ]),
  );
}

function page(title: string, parts: readonly string[]): string {
  return `${[MADE, `# ${title}`, ...parts].join("\n\n")}\n`;
}

/** A section for each object that stands in a property, at any depth. */
function typeSections(schemas: readonly TObject[]): string[] {
  const types = new Map<string, PropertySchema>();
  for (const schema of schemas) for (const property of Object.values(properties(schema))) collect(property, types);
  return [...types].flatMap(
    ([title, { typeDescription, description = "", properties: members = {}, required = [] }]) => [
      `## ${title}`,
      typeDescription ?? description,
      table(
        ["property", "", "what"],
        rows(members, (key, p) => inputRow(key, p, required.includes(key))),
      ),
    ],
  );
}

function collect(property: PropertySchema, types: Map<string, PropertySchema>): void {
  if (property.properties && property.title) types.set(property.title, property);
  const inner = [...Object.values(property.properties ?? {}), ...Object.values(property.patternProperties ?? {})];
  for (const one of property.items ? [...inner, property.items] : inner) collect(one, types);
}

function plainRow(name: string, property: PropertySchema): string[] {
  return [code(name), what(property)];
}

function configurationRow(name: string, property: PropertySchema): string[] {
  return [code(name), (property.environment ?? []).map(code).join(", "), what(property)];
}

function inputRow(name: string, property: PropertySchema, required: boolean): string[] {
  const marks = [
    property.default === undefined ? (required ? "required" : "") : `default ${code(String(property.default))}`,
    property.secret && "secret",
    property.replaceOnChanges && "replaces",
  ];
  return [code(name), marks.filter(Boolean).join(", "), what(property)];
}

/** The description, and where the parts of an object stand. */
function what(property: PropertySchema): string {
  const object = property.items ?? property;
  const link = object.properties && object.title ? ` See [${object.title}](#${object.title.toLowerCase()}).` : "";
  return `${describe(property)}${link}`;
}

function rows(
  schemas: Readonly<Record<string, PropertySchema>>,
  row: (name: string, property: PropertySchema) => string[],
): string[][] {
  return Object.entries(schemas).map(([name, property]) => row(name, property));
}
