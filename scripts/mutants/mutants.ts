/** `npm run mutants [-- OPTION...] [FOLDER...]`: changes the code in small ways, and says which changes no test notices. */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { instrument, type Mutant } from "./instrument.ts";
import { Tests, type Verdict } from "./tests.ts";
import { copyTree, write } from "./tree.ts";

const FOLDERS = ["provider/resources", "provider/mail", "provider/fleet", "provider/dataverse"];

const HELP = `npm run mutants [-- OPTION...] [FOLDER...]

Changes the code of the folders in one small way after the other, in a copy of the tree, and runs the tests in process that go
through the changed place. What no test notices survives. Default: ${FOLDERS.join(", ")}.

  --sample N   how many mutants, chosen by the seed (default 300; 0: all)
  --seed TEXT  another sample for another text (default: 1)
  --json       one object per mutant, a line each, on standard output; everything else on standard error
  --help

Examples:
  npm run mutants
  npm run mutants -- --sample 20 provider/mail
  npm run --silent mutants -- --seed monday --json > mutants.jsonl

Exit codes: 0 when at least 85 of 100 are killed, 1 when fewer are, or the tests fail by themselves before or after, 2 for a wrong command line,
130 when stopped.`;

/** Of 100; below, the tests have holes that matter. */
const GOAL = 85;

interface Judged extends Mutant {
  readonly verdict: Verdict;
}

const root = join(import.meta.dirname, "..", "..");
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    process.exitCode = 128 + constants.signals[name];
    stop.abort(new Error("Stopped."));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode ??= error instanceof TypeError ? 2 : 1;
}
process.exit();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      sample: { type: "string", default: "300" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const size = Number(values.sample);
  if (!Number.isInteger(size) || size < 0) throw new TypeError(`--sample must be a whole number, not ${values.sample}`);
  const folders = positionals.length > 0 ? positionals : FOLDERS;
  const tree = join(root, ".gmailsync", "mutants");
  mkdirSync(tree, { recursive: true });
  copyTree(root, tree);
  const { files, mutants } = await instrument(root, folders);
  if (mutants.length === 0) throw new TypeError(`there is nothing to change in ${folders.join(", ")}`);
  write(tree, files);
  const chosen = size === 0 ? mutants : sample(mutants, size, values.seed);
  const tests = await Tests.of(tree);
  try {
    const { files: count, seconds } = await tests.measure();
    console.error(
      `${mutants.length} mutants, ${chosen.length} of them by the seed ${values.seed}; ${count} test files, ${seconds} s`,
    );
    const judged: Judged[] = [];
    for (const mutant of chosen) {
      stop.signal.throwIfAborted();
      const verdict = await tests.judge(mutant, stop.signal);
      judged.push({ ...mutant, verdict });
      if (values.json) console.log(JSON.stringify({ ...mutant, verdict }));
      console.error(`${judged.length}/${chosen.length} ${verdict.padEnd(8)} ${told(mutant)}`);
    }
    await tests.control();
    return report(judged);
  } finally {
    await tests.close();
    rmSync(tree, { recursive: true, force: true });
  }
}

/** The same ones for the same seed, whatever order they come in. */
function sample(mutants: readonly Mutant[], size: number, seed: string): Mutant[] {
  return mutants
    .map((mutant) => ({ mutant, rank: createHash("sha256").update(`${seed} ${mutant.id}`).digest("hex") }))
    .toSorted((one, other) => one.rank.localeCompare(other.rank))
    .slice(0, size)
    .map(({ mutant }) => mutant);
}

function told({ file, line, mutator, from, to }: Mutant): string {
  return `${file}:${line} ${mutator}: ${from} -> ${to || "nothing"}`;
}

function report(judged: readonly Judged[]): number {
  const of = (verdict: Verdict) => judged.filter((one) => one.verdict === verdict);
  const left = [...of("survived"), ...of("no test")];
  console.error(["", ...left.map((one) => `${one.verdict}  ${told(one)}`)].join("\n"));
  const score = Math.round((1000 * of("killed").length) / judged.length) / 10;
  console.error(
    `\n${of("killed").length} killed, ${of("survived").length} survived, ${of("no test").length} without a test: ${score} of 100`,
  );
  return score >= GOAL ? 0 : 1;
}
