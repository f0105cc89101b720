import { posix } from "node:path";
import type { TObject } from "typebox";
import {
  type Definition,
  type Example,
  type PropertySchema,
  properties,
  tokenOf,
} from "../../provider/schema/define.ts";
import { FUNCTION_SECONDS, type FunctionDefinition } from "../../provider/schema/function.ts";
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
  return page(RESOURCE_PAGES, name, [
    description,
    "## Examples",
    ...examples.map((one) => shown(one, "###")),
    "## Inputs",
    inputTable("input", inputs),
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
  return page("docs", "Functions", [
    "They only read, and hold no secret. In Pulumi YAML by `fn::invoke`, in other languages as functions of the package; each has a form with `Output` at its end for arguments that are not known yet. Pulumi's generator makes no Go programs of them that compile; in Go they are called as [sdk/go](../sdk/go/gmailsync) has them, `LookupMailbox` for `getMailbox` and `GetMailboxes` for `getMailboxes`.",
    `A call may take ${FUNCTION_SECONDS} seconds.`,
    ...functions.flatMap(({ name, description, examples, inputs, outputs, limits = [] }) => [
      `## ${name}`,
      description,
      ...examples.map((one) => shown(one, "###")),
      ...(Object.keys(properties(inputs)).length > 0 ? [inputTable("argument", inputs)] : []),
      table(["result", "what"], rows(properties(outputs), plainRow)),
      ...limits,
    ]),
    ...typeSections(functions.flatMap(({ inputs, outputs }) => [inputs, outputs])),
  ]);
}

export function configurationPage(configuration: TObject): string {
  return page("docs", "Configuration of the provider", [
    "Settings are given by the stack's configuration (`pulumi config set gmailsync:environmentUrl …`), by the arguments of an explicit provider, or by the environment. Credentials are best left to the environment: then they are never stored in the state.",
    table(["setting", "", "environment", "what"], rows(properties(configuration), configurationRow)),
    ...typeSections([configuration]),
  ]);
}

/**
 * The page of `mailboxes.yaml`: a section for each object that it may hold, under the path where it stands. What has no default there, so that
 * the file's own defaults count, has that of the resource.
 */
export function mailboxesPage(spec: TObject, resources: readonly Definition[]): string {
  const defaults = new Map(
    resources.flatMap(({ inputs }) =>
      Object.values(properties(inputs)).map((input) => [input.description, input.default] as const),
    ),
  );
  const sections = new Map<string, { readonly title: string | undefined; readonly paths: string[] }>();
  const add = (path: string, { title, ...schema }: PropertySchema): void => {
    const { properties: members, patternProperties = {}, items } = schema;
    if (members) {
      const filled = Object.entries(members).map(([name, one]) => [
        name,
        { default: defaults.get(one.description), ...one },
      ]);
      const shown = inputTable("property", { ...schema, properties: Object.fromEntries(filled) });
      const section = sections.get(shown) ?? { title, paths: [] };
      section.paths.push(code(path));
      sections.set(shown, section);
    }
    for (const [name, one] of Object.entries(members ?? {})) add(path === "" ? name : `${path}.${name}`, one);
    const [named] = Object.values(patternProperties);
    if (named && !members) add(`${path}.NAME`, named);
    if (items) add(`${path}[]`, items);
  };
  add("", { ...spec, title: "The file" });
  return page("docs", "mailboxes.yaml", [
    "All that the file of a [Fleet](resources/fleet.md) may hold, or its `spec` ([how to run one](how-to/fleet.md)). What stands in no table is refused, but for names at the top that begin with `x-`, which are yours. Editors complete it from `schema/mailboxes.schema.json`.",
    ...[...sections].flatMap(([shown, { title, paths }]) => {
      const at = paths.filter((path) => path !== code("")).join(", ");
      return [`## ${title ?? at}`, ...(title && at ? [`At ${at}.`] : []), shown];
    }),
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

/** A page in a folder; other pages that its text names are linked. */
function page(folder: string, title: string, parts: readonly string[]): string {
  const text = [MADE, `# ${title}`, ...parts].join("\n\n");
  const linked = text.replaceAll(
    /`?\b(docs\/(?:[\w-]+\/)*[\w-]+\.md)\b`?/g,
    (_, file: string) => `[${posix.basename(file)}](${posix.relative(folder, file)})`,
  );
  return `${linked}\n`;
}

/** What an operation may take, and all else that bounds it. */
function limitsOf({ timeoutSeconds, limits = [] }: Definition): readonly string[] {
  const time = `Creating, updating and deleting: ${timeoutSeconds} seconds each, unless \`customTimeouts\` says otherwise.`;
  return ["## Limits", ...(timeoutSeconds === 0 ? [] : [time]), ...limits];
}

function boundOf(property: PropertySchema): string | undefined {
  const { minimum, maximum, maxLength, maxItems, maxProperties } = property;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (maxLength !== undefined) return `at most ${maxLength} characters`;
  const entries = maxItems ?? (property.properties ? undefined : maxProperties);
  return entries === undefined ? undefined : `at most ${entries} entries`;
}

function importOf({ name, importId, importing }: Definition): readonly string[] {
  if (importing !== undefined) return ["## Import", importing];
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
  return [...types].flatMap(([title, type]) => [
    `## ${title}`,
    type.typeDescription ?? type.description ?? "",
    inputTable("property", type),
  ]);
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
  return [code(name), marks(property, false), (property.environment ?? []).map(code).join(", "), taken(property)];
}

function inputTable(head: string, { properties: members = {}, required = [] }: PropertySchema): string {
  return table(
    [head, "", "what"],
    rows(members, (name, property) => [
      code(name),
      marks(property, required.includes(name) && !property.autonamed),
      taken(property),
    ]),
  );
}

/** Whether it has to be given, what it is where it is not, and its bounds. */
function marks(property: PropertySchema, required: boolean): string {
  const { default: otherwise, secret, replaceOnChanges } = property;
  const words = [
    otherwise === undefined ? (required ? "required" : "") : `default ${code(String(otherwise))}`,
    secret && "secret",
    replaceOnChanges && "replaces",
    boundOf(property),
  ];
  return words.filter(Boolean).join(", ");
}

/** What it is, and its form. That it is text on a line goes without saying. */
function taken(property: PropertySchema): string {
  const { pattern, form, guid } = property.items ?? property;
  return pattern && form && !guid ? `${what(property)} Takes ${form.replaceAll("<", "\\<")}.` : what(property);
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
