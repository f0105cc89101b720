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
 * - `by=TEST`: that test runs it, or a file that tests share, with values of its own;
 * - `job=NAME`: that job of the workflow does.
 *
 * Each command is named by one of the last two, where they are there.
 */
const WORDS: Readonly<Record<string, (value: string, root: string) => string | undefined>> = {
  run: () => undefined,
  exit: (value) => (/^[0-9]+$/.test(value) ? undefined : `"${value}" is no exit code`),
  file: (value) => (/^[\w.-]+$/.test(value) ? undefined : `"${value}" is no name of a file`),
  by: (value, root) => (existsSync(join(root, value)) ? undefined : `there is no test ${value}`),
  job: (value, root) => (jobs(root).has(value) ? undefined : `${WORKFLOW} has no job ${value}`),
};

/** What a proof that is there says; of scripts of npm, what they are. */
const PROOFS: Readonly<Record<string, (value: string, root: string) => string>> = {
  by: (value, root) => readFileSync(join(root, value), "utf8"),
  job: (value, root) =>
    JSON.stringify(jobs(root).get(value)).replaceAll(
      /\bnpm (?:run )?([\w:]+)/g,
      (command, name) => `${command} ${scriptsOf(root)[name] ?? ""}`,
    ),
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
      ? (check(value, root) ?? [])
      : `"${word}" means nothing here; known are ${Object.keys(WORDS).join(", ")}`;
  });
  if (wrong.length > 0) return wrong;
  const named = ["run", "by", "job"].some((name) => wordOf(block, name) !== undefined);
  return named || proves(block)
    ? neverRun(root, block)
    : ["nothing runs this block: `run`, `by=TEST` or `job=NAME` behind its language"];
}

interface Command {
  /** As it is told. */
  readonly text: string;
  readonly program: string;
  /** What is asked of it, where that is a word of its own: `export` of `gmailsync export --project …`, `build` of `npm run build`. */
  readonly word: string;
}

/** What the shell does itself. */
const OF_THE_SHELL: readonly string[] = ["cd", "export", "true"];
/** Tests call them by helpers, so that what is asked of them is all that they name. */
const OWN: readonly string[] = ["gmailsync", "pulumi"];

function neverRun(root: string, block: Block): readonly string[] {
  const proofs = block.words.flatMap((word) => {
    const [name = "", value = ""] = word.split("=");
    return PROOFS[name] ? { value, text: PROOFS[name](value, root) } : [];
  });
  if (proofs.length === 0) return [];
  const unnamed = commandsIn(block).filter((command) => !proofs.some(({ text }) => runs(root, text, command)));
  const by = proofs.map(({ value }) => value).join(", ");
  return unnamed.map(({ text }) => `${by} never runs "${text}"`);
}

function commandsIn({ language, text }: Block): readonly Command[] {
  const lines = text.replaceAll("\\\n", " ").split("\n");
  return lines
    .filter((line) => language !== "console" || line.startsWith("$ "))
    .flatMap((line) => line.replace(/(?:^|\s)#.*/, "").split(/&&|[|;]/))
    .map((command) => command.trim().replace(/^(?:\$ |\w+=\S* |npx )+/, ""))
    .filter((command) => command !== "")
    .map((command) => /^(\S+)(?: run)?(?: ([a-z][a-z:-]*)(?= |$))?/.exec(command) ?? [])
    .map(([text = "", program = "", word = ""]) => ({ text, program, word }))
    .filter(({ program }) => !OF_THE_SHELL.includes(program));
}

/**
 * Behind the name of its program, or as a word of its own in quotes beside it; of what tests call by helpers also alone, or as a
 * method of a stack; a script of npm also by the file that it runs.
 */
function runs(root: string, text: string, { program, word }: Command): boolean {
  const isOwn = OWN.includes(program);
  if (!isOwn && !new RegExp(`\\b${program}\\b`).test(text)) return isScript(root, text, program, word);
  if (word === "") return true;
  const named = new RegExp(`\\b${program} (?:run )?\\(?${word}\\b|(["'\`])${word}\\1`).test(text);
  return named || (isOwn && text.includes(`.${word}(`)) || isScript(root, text, program, word);
}

function isScript(root: string, text: string, program: string, word: string): boolean {
  const [file] = /[\w/]+\.ts/.exec(scriptsOf(root)[word] ?? "") ?? [];
  return program === "npm" && file !== undefined && text.includes(file);
}

/** The scripts of npm. */
function scriptsOf(root: string): Readonly<Record<string, string>> {
  const file = join(root, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).scripts : {};
}

function jobs(root: string): ReadonlyMap<string, unknown> {
  const file = join(root, WORKFLOW);
  const workflow: unknown = existsSync(file) ? parse(readFileSync(file, "utf8")) : {};
  return new Map(Object.entries(Object(Reflect.get(Object(workflow), "jobs"))));
}
