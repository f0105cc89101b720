import { posix } from "node:path";
import type { TObject } from "typebox";
import {
  type Definition,
  type Example,
  type PropertySchema,
  properties,
  requiredOf,
  tokenOf,
} from "../../provider/schema/define.ts";
import type { FunctionDefinition } from "../../provider/schema/function.ts";
import { code, MADE, table } from "./markdown.ts";
import { describe } from "./pulumi-schema.ts";

/** Folder of the pages, one a resource. */
export const RESOURCE_PAGES = "docs/resources";

/** The page of a resource, seen from the root of the repository. */
export function fileOf({ name }: Pick<Definition, "name">): string {
  const kebab = name.replaceAll(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, "$1$3-$2$4").toLowerCase();
  return `${RESOURCE_PAGES}/${kebab}.md`;
}

/** An example at a level of headings. */
export type Shown = (one: Example, level: string) => string;

export function resourcePage(definition: Definition, shown: Shown): string {
  const { name, description, examples, inputs, outputs, importId } = definition;
  const required = new Set(requiredOf(inputs));
  return page(name, [
    description,
    "## Examples",
    ...examples.map((one) => shown(one, "###")),
    "## Inputs",
    table(
      ["input", "", "what"],
      rows(properties(inputs), (key, p) => inputRow(key, p, required.has(key))),
    ),
    "## Outputs",
    ...(importId ? ["Every input is an output, too."] : []),
    table(["output", "what"], rows(properties(outputs), plainRow)),
    ...typeSections([inputs, outputs]),
    ...limitsOf(definition),
    ...importOf(definition),
  ]);
}

/** One page for all functions. */
export function functionsPage(functions: readonly FunctionDefinition[], shown: Shown): string {
  return page("Functions", [
    "They only read, and hold no secret. In Pulumi YAML by `fn::invoke`, in other languages as functions of the package; each has a form with `Output` at its end for arguments that are not known yet. Pulumi's generator makes no Go programs of them that compile; in Go they are called as [sdk/go](../sdk/go/gmailsync) has them, `LookupMailbox` for `getMailbox` and `GetMailboxes` for `getMailboxes`.",
    ...functions.flatMap(({ name, description, examples, inputs, outputs }) => {
      const required = new Set(inputs.required ?? []);
      return [
        `## ${name}`,
        description,
        ...examples.map((one) => shown(one, "###")),
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

/** What an operation may take, and the bounds of inputs. */
function limitsOf({ inputs, timeoutSeconds }: Definition): readonly string[] {
  const bounds = Object.entries(properties(inputs)).flatMap(([name, property]) => {
    const bound = boundOf(property);
    return bound === undefined ? [] : [`- ${code(name)}: ${bound}`];
  });
  const time =
    timeoutSeconds > 0
      ? [`- Creating, updating and deleting: ${timeoutSeconds} seconds each, unless \`customTimeouts\` says otherwise.`]
      : [];
  return bounds.length + time.length === 0 ? [] : ["## Limits", [...time, ...bounds].join("\n")];
}

function boundOf({ minimum, maximum, maxLength, maxItems }: PropertySchema): string | undefined {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (maxLength !== undefined) return `at most ${maxLength} characters`;
  return maxItems === undefined ? undefined : `at most ${maxItems} entries`;
}

function importOf({ name, importId }: Definition): readonly string[] {
  if (importId === undefined) return [];
  return [
    "## Import",
    `With ${importId}:`,
    `\`\`\`sh by=test/engine/import.test.ts\npulumi import ${tokenOf(name)} NAME ID\n\`\`\``,
  ];
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
