import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Instrumenter } from "@stryker-mutator/instrumenter";

/** One change of the code that no test should let through. */
export interface Mutant {
  readonly id: string;
  /** From the root, with `/`. */
  readonly file: string;
  readonly line: number;
  /** Stryker's name of the change: `EqualityOperator`. */
  readonly mutator: string;
  readonly from: string;
  readonly to: string;
}

export interface Instrumented {
  /** With every mutant in it, each behind a switch: `__STRYKER_ACTIVE_MUTANT__` names the one that is on. */
  readonly files: readonly { readonly name: string; readonly content: string }[];
  readonly mutants: readonly Mutant[];
}

/** Texts are for people: tests hold them by what they say, not by the letter. */
const LEFT_OUT = ["StringLiteral"];

const silent = () => {};
const off = () => false;
const quiet = {
  isTraceEnabled: off,
  isDebugEnabled: off,
  isInfoEnabled: off,
  isWarnEnabled: off,
  isErrorEnabled: off,
  isFatalEnabled: off,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
};

/** All mutants of the folders' TypeScript files. */
export async function instrument(root: string, folders: readonly string[]): Promise<Instrumented> {
  const names = globSync(
    folders.map((folder) => `${folder}/**/*.ts`),
    { cwd: root },
  ).toSorted();
  const sources = new Map(names.map((name) => [name, readFileSync(join(root, name), "utf8")]));
  const { files, mutants } = await new Instrumenter(quiet).instrument(
    [...sources].map(([name, content]) => ({ name, content, mutate: true })),
    { plugins: null, ignorers: [], excludedMutations: LEFT_OUT },
  );
  return {
    files,
    mutants: mutants
      .filter(({ status }) => status === undefined)
      .map(({ id, fileName, location, mutatorName, replacement }) => ({
        id,
        file: fileName,
        line: location.start.line + 1,
        mutator: mutatorName,
        from: excerpt(sources.get(fileName) ?? "", location),
        to: oneLine(replacement),
      })),
  };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

function excerpt(source: string, { start, end }: { readonly start: Position; readonly end: Position }): string {
  const lines = source.split("\n").slice(start.line, end.line + 1);
  const last = lines.length - 1;
  return oneLine(
    lines
      .map((line, index) => line.slice(index === 0 ? start.column : 0, index === last ? end.column : undefined))
      .join("\n"),
  );
}

const WIDTH = 100;

function oneLine(code: string): string {
  const line = code.replaceAll(/\s+/g, " ");
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`;
}
