import { existsSync, readFileSync } from "node:fs";
import { stringify } from "yaml";
import { fleet } from "../provider/resources/fleet/definition.ts";
import { definitions, functions } from "../provider/resources/registry.ts";
import { documentOf } from "./documents/markdown.ts";
import { wholeProgram } from "./whole-program.ts";

/** Where `npm run sdk` keeps the examples of the definitions in other languages. */
export const EXAMPLES_FILE = "sdk/examples.json";

/**
 * An example in the languages of Pulumi's generators, each as a whole program. Of calls of functions the one for Go (pkg/v3 3.274) makes
 * programs that do not compile: other names than its SDK has, no pointers to choices, outputs that are none.
 */
export interface Translated {
  readonly yaml: string;
  readonly ts: string;
  readonly python: string;
  readonly go?: string;
}

/** An example of a definition, as it stands there. */
export interface Original {
  readonly yaml: string;
  readonly calls: "nothing" | "functions";
}

/** The program of README.md and all examples of the definitions, in Pulumi YAML as they stand there. */
export async function originals(): Promise<readonly Original[]> {
  const resources = [...(await definitions()), fleet].flatMap(({ examples }) => examples);
  const callables = (await functions()).flatMap(({ definition }) => definition.examples);
  return [
    { yaml: readmeProgram(readFileSync("README.md", "utf8")), calls: "nothing" },
    ...resources.map(({ yaml }): Original => ({ yaml, calls: "nothing" })),
    ...callables.map(({ yaml }): Original => ({ yaml, calls: "functions" })),
  ];
}

/** The first program of README.md, in Pulumi YAML. */
export function readmeProgram(readme: string): string {
  const block = documentOf("README.md", readme).blocks.find(({ language }) => language === "yaml");
  if (!block) throw new Error("README.md shows no program");
  return `${block.text}\n`;
}

/** As the generator takes it. */
export function programText(yaml: string): string {
  return stringify(wholeProgram(yaml));
}

/** By their YAML; none where nobody has made them yet. */
export function translatedExamples(): ReadonlyMap<string, Translated> {
  const all: readonly Translated[] = existsSync(EXAMPLES_FILE) ? JSON.parse(readFileSync(EXAMPLES_FILE, "utf8")) : [];
  return new Map(all.map((one) => [one.yaml, one]));
}
