import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Block, Document } from "./markdown.ts";
import { yamlKindOf } from "./yaml-kinds.ts";

/** Jobs that do what no test can do here. */
const WORKFLOW = ".github/workflows/ci.yml";

/**
 * What a block may have behind its language, invisible to readers:
 *
 * - `run`: `test/engine/documents.test.ts` runs the blocks of the page in order, in one shell, against the sandbox;
 * - `exit=CODE`: beside it, the exit code that the block ends with;
 * - `file=NAME`: its text is that file for the commands that follow;
 * - `by=TEST`: that test runs it, with values of its own, so it names every command;
 * - `job=NAME`: that job of the workflow does.
 */
const WORDS: Readonly<Record<string, (value: string, root: string, text: string) => string | undefined>> = {
  run: () => undefined,
  exit: (value) => (/^[0-9]+$/.test(value) ? undefined : `"${value}" is no exit code`),
  file: (value) => (/^[\w.-]+$/.test(value) ? undefined : `"${value}" is no name of a file`),
  by: (value, root, text) => {
    if (!existsSync(join(root, value))) return `there is no test ${value}`;
    const test = readFileSync(join(root, value), "utf8");
    const unnamed = commandsIn(text).find((command) => !runs(test, command));
    return unnamed === undefined ? undefined : `${value} never runs "${unnamed}"`;
  },
  job: (value, root) => (jobs(root).has(value) ? undefined : `${WORKFLOW} has no job ${value}`),
};

/** Where a block is proven that says nothing itself; undefined where it has to. */
const LANGUAGES: Readonly<Record<string, (block: Block) => boolean>> = {
  sh: () => false,
  console: () => false,
  yaml: ({ text }) => yamlKindOf(text) !== undefined,
  ts: () => true,
  python: () => true,
  go: () => true,
  // No programs: what is printed, and pictures.
  text: ({ text }) => !text.startsWith("$ "),
  csv: () => true,
  mermaid: () => true,
};

/** The value of a word; empty where it has none, undefined where it is not there. */
export function wordOf({ words }: Block, name: string): string | undefined {
  const word = words.find((one) => one === name || one.startsWith(`${name}=`));
  return word === undefined ? undefined : word.slice(name.length + 1);
}

/** Blocks that nothing proves, and words that mean nothing, as lines for people. */
export function unproven(root: string, documents: readonly Document[]): readonly string[] {
  return documents.flatMap(({ file, blocks }) =>
    blocks.flatMap((block) => problemsOf(root, block).map((problem) => `${file}:${block.line}: ${problem}`)),
  );
}

function problemsOf(root: string, block: Block): readonly string[] {
  const proves = LANGUAGES[block.language];
  if (!proves)
    return [`a block in "${block.language}" is proven by nothing; known are ${Object.keys(LANGUAGES).join(", ")}`];
  const wrong = block.words.flatMap((word) => {
    const [name = "", value = ""] = word.split("=");
    const check = WORDS[name];
    return check
      ? (check(value, root, block.text) ?? [])
      : `"${word}" means nothing here; known are ${Object.keys(WORDS).join(", ")}`;
  });
  const named = ["run", "by", "job"].some((name) => wordOf(block, name) !== undefined);
  return named || proves(block)
    ? wrong
    : [...wrong, "nothing runs this block: `run`, `by=TEST` or `job=NAME` behind its language"];
}

/** What is asked of the programs that tests call by themselves: `export` of `gmailsync export --project …`. */
function commandsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|\| )(?:gmailsync|pulumi) ([a-z]+)/gm)].map(([, command = ""]) => command);
}

/** Behind the name of its program, as a word of its own in quotes, or as a method of a stack. */
function runs(test: string, command: string): boolean {
  return new RegExp(`\\b(?:gmailsync|pulumi) \\(?${command}\\b|(["'\`])${command}\\1|\\.${command}\\(`).test(test);
}

function jobs(root: string): ReadonlySet<string> {
  const file = join(root, WORKFLOW);
  const workflow: unknown = existsSync(file) ? parse(readFileSync(file, "utf8")) : {};
  return new Set(Object.keys(Object(Reflect.get(Object(workflow), "jobs"))));
}
