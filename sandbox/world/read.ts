import { Check, Errors, Pointer } from "typebox/schema";
import { Settings } from "typebox/system";
import { readWhole } from "../read-whole.ts";
import { shown } from "../shown.ts";
import { WorldDefinition } from "./definition.ts";
import { type Path, TooMany, type WrittenOut, writeOut } from "./repeat.ts";
import { NoYaml, type Place, parseYaml, type YamlFile } from "./yaml.ts";

/** What is wrong with a definition, by its place in the written-out tree. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
}

/** A definition of a world cannot be used; the message has a line for each problem: `world.yaml:3:5: …`. */
export class WorldFileError extends Error {}

// Counted are all; TypeBox would end with the eighth.
Settings.Set({ maxErrors: Number.POSITIVE_INFINITY });

/** Problems beyond this many are only counted. */
const SHOWN = 20;

/** Reads `world.yaml`. `examine` finds what the form cannot say: names that nothing has. */
export function readWorldFile(
  file: string,
  examine: (definition: WorldDefinition) => readonly Problem[],
): WorldDefinition {
  const yaml = parsed(file);
  const written = writtenOut(file, yaml);
  const { tree } = written;
  if (!hasForm(tree)) throw refused(file, yaml, written, Errors(WorldDefinition, tree)[1].flatMap(told));
  const problems = examine(tree);
  if (problems.length > 0) throw refused(file, yaml, written, problems);
  return tree;
}

function parsed(file: string): YamlFile {
  try {
    return parseYaml(readWhole(file));
  } catch (error) {
    if (error instanceof NoYaml) throw new WorldFileError(line(file, error.place, error.message));
    throw new WorldFileError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function writtenOut(file: string, yaml: YamlFile): WrittenOut {
  try {
    return writeOut(yaml.tree ?? {});
  } catch (error) {
    if (error instanceof TooMany)
      throw new WorldFileError(line(file, yaml.place([...error.path, "repeat"], "key"), error.message));
    throw error;
  }
}

function hasForm(tree: unknown): tree is WorldDefinition {
  return Check(WorldDefinition, tree);
}

/** Repeated entries have the same problem many times, in one place of the file. */
function refused(file: string, yaml: YamlFile, { origin }: WrittenOut, problems: readonly Problem[]): WorldFileError {
  const lines = problems.map(({ path, message }) => {
    const unknown = message.startsWith(UNKNOWN_PROPERTY);
    return line(file, yaml.place(origin(path), unknown ? "key" : "value"), `${pathText(origin(path))}${message}`);
  });
  const all = [...new Set(lines)];
  const more = all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [];
  return new WorldFileError([...all.slice(0, SHOWN), ...more].join("\n"));
}

function line(file: string, { line, column }: Place, message: string): string {
  return `${file}:${line}:${column}: ${message}`;
}

function pathText(path: Path): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${shown(key)}`)).join("");
  return text === "" ? "" : `${text.replace(/^\./, "")}: `;
}

const UNKNOWN_PROPERTY = "there is no such property";

type FormError = ReturnType<typeof Errors>[1][number];

function told(error: FormError): Problem[] {
  const path = pathOf(error.instancePath);
  switch (error.keyword) {
    case "required":
      return error.params.requiredProperties.map((name) => ({ path, message: `${name} is missing` }));
    case "additionalProperties": {
      const known = Object.keys(schemaWord(error, "properties") ?? {}).join(", ");
      const message = `${UNKNOWN_PROPERTY}; known are ${known}`;
      return error.params.additionalProperties.map((name) => ({ path: [...path, name], message }));
    }
    case "enum":
      return [{ path, message: `must be one of ${error.params.allowedValues.join(", ")}` }];
    case "pattern":
      return [{ path, message: `must be ${schemaWord(error, "form") ?? `like ${error.params.pattern}`}` }];
    // Each branch of a union complains for itself, and so does what has no such property for each that is strange.
    case "anyOf":
    case "boolean":
      return [];
    default:
      return [{ path, message: error.message }];
  }
}

/** What the schema that is not met says by a word of its own. */
function schemaWord({ schemaPath }: FormError, word: string): unknown {
  return Pointer.Get(WorldDefinition, `${schemaPath.replace(/^#/, "")}/${word}`);
}

/** A JSON pointer as a path. */
function pathOf(pointer: string): Path {
  return Pointer.Indices(pointer).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
