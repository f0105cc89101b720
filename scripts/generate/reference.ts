import type { TObject } from "typebox";
import { type Definition, type PropertySchema, properties } from "../../provider/schema/define.ts";
import { describe } from "./pulumi-schema.ts";

/** The README's tables by the name of their marker: one for the configuration, one per resource. */
export function markdownTables(configuration: TObject, definitions: readonly Definition[]): Record<string, string> {
  return {
    configuration: table(["setting", "environment", "what"], rows(configuration, configurationRow)),
    ...Object.fromEntries(definitions.map((definition) => [definition.name, resource(definition)])),
  };
}

function resource({ description, inputs, outputs, importId }: Definition): string {
  const required = new Set(inputs.required ?? []);
  return [
    description,
    table(
      ["input", "", "what"],
      rows(inputs, (name, p) => inputRow(name, p, required.has(name))),
    ),
    table(
      ["output", "what"],
      rows(outputs, (name, p) => [code(name), describe(p)]),
    ),
    ...(importId ? [`Import: \`pulumi import\` with ${importId}.`] : []),
  ].join("\n\n");
}

function configurationRow(name: string, property: PropertySchema): string[] {
  const nested = Object.keys(property.properties ?? {}).map((inner) => code(`${name}.${inner}`));
  const environment = (property.environment ?? []).map(code).join(", ");
  return [nested.length > 0 ? nested.join(", ") : code(name), environment, describe(property)];
}

function inputRow(name: string, property: PropertySchema, required: boolean): string[] {
  const marks = [
    property.default === undefined ? (required ? "required" : "") : `default ${code(String(property.default))}`,
    property.secret && "secret",
    property.replaceOnChanges && "replaces",
  ];
  return [code(name), marks.filter(Boolean).join(", "), describe(property)];
}

function rows(schema: TObject, row: (name: string, property: PropertySchema) => string[]): string[][] {
  return Object.entries(properties(schema)).map(([name, property]) => row(name, property));
}

function table(head: string[], body: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...body.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
