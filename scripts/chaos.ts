/** `npm run chaos [-- OPTION...]`: all cases of chaos, their table, and what was lost. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chaosTable, resultsIn } from "./chaos-results.ts";
import { run } from "./exec.ts";

const HELP = `npm run chaos [-- OPTION...]

Kills, signals, lost answers, faults, engine options and an administrator, case by case, with the real CLI against the sandbox. After
each, the next \`up\` has to converge, and \`destroy\` to leave everything as it was. An hour, two at a time on two cores.

  --only TEXT     cases whose name has it; may be given several times
  --sample N      one case in N (default 1, all)
  --seed N        other cases of a sample (default 2026)
  --resume        leave out what has passed at this commit (.gmailsync/chaos.jsonl)
  --pages         mailboxes are looked at by pages, as thousands of them are
  --help

Ends with 1 when a case fails. Examples:
  npm run chaos -- --only "kill -9 of the plugin"
  npm run chaos -- --sample 20 --seed 7
`;

const root = join(import.meta.dirname, "..");
const file = join(root, ".gmailsync", "chaos.jsonl");

try {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: [] },
      sample: { type: "string", default: "1" },
      seed: { type: "string", default: "2026" },
      resume: { type: "boolean", default: false },
      pages: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) console.log(HELP);
  else process.exitCode = await chaos(values);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  process.exitCode = 2;
}

async function chaos({
  only,
  sample,
  seed,
  resume,
  pages,
}: {
  readonly only: readonly string[];
  readonly sample: string;
  readonly seed: string;
  readonly resume: boolean;
  readonly pages: boolean;
}): Promise<number> {
  for (const [name, value] of Object.entries({ sample, seed }))
    if (!/^[1-9]\d{0,8}$/.test(value)) throw new Error(`--${name} is not a whole number from 1: ${value}`);
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  if (!resume) rmSync(file, { force: true });
  const { code } = await run(process.execPath, [join(root, "scripts", "test.ts"), "--project=chaos"], {
    cwd: root,
    env: {
      ...process.env,
      GMAILSYNC_LONG: "1",
      ...(pages && { GMAILSYNC_PAGES: "always" }),
      CHAOS: sample,
      CHAOS_SEED: seed,
      CHAOS_ONLY: JSON.stringify(only),
      CHAOS_RESULTS: JSON.stringify({ file, commit }),
    },
    timeoutMs: 3 * 60 * 60_000,
    inherit: true,
  });
  const results = resultsIn(file, commit);
  const failed = results.filter(({ passed }) => !passed);
  console.log(`\n${chaosTable(results)}\n`);
  for (const { name } of failed) console.log(`failed: ${name}`);
  const lost = results.reduce((sum, { silent }) => sum + silent.length, 0);
  console.log(`${results.length} cases, ${failed.length} failed, ${lost} lost`);
  return code === 0 && failed.length === 0 ? 0 : 1;
}
