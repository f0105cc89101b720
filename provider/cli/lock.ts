import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { Fault } from "../fault.ts";
import { type Filled, filled } from "../fleet/assignment.ts";
import { lockText } from "../fleet/lock.ts";
import type { ProblemCode } from "../fleet/problem.ts";
import { lockFileOf, readFleet } from "../fleet/read-fleet.ts";
import { missingProjects } from "../fleet/rules.ts";
import { commandLine } from "./command-line.ts";
import { writeWhole } from "./write-whole.ts";

const HELP = `gmailsync lock: decides which client each new mailbox of a fleet uses, and writes it down

Usage: gmailsync lock <mailboxes.yaml> [--lock FILE] [--check] [--json]

A mailbox that has a client keeps it: at another one its user would have to sign in to Gmail again. New ones get the first client
with room, in the order of the file; those that are gone make room. Commit the lock file together with mailboxes.yaml.

  --lock    the lock file (default: mailboxes.lock beside mailboxes.yaml)
  --check   writes nothing; the exit code tells whether the lock file is as it should be
  --json    one object

Examples:
  gmailsync lock mailboxes.yaml && git add mailboxes.lock
  gmailsync lock mailboxes.yaml --check

${exitCodes("lock")}`;

interface Options {
  readonly file: string;
  readonly lockFile: string;
  readonly check: boolean;
  readonly json: boolean;
}

/** What a lock can be written in spite of. */
const BEARABLE: ReadonlySet<ProblemCode> = new Set([
  "mailbox/unassigned",
  "client/incomplete",
  "consent/refused",
  "consent/capacity",
  "environment/mismatch",
]);

/** `gmailsync lock …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("lock", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  const { file, lockFile } = options;
  const { spec, lock, problems } = await readFleet(file, lockFile);
  const broken = problems.find(({ code }) => !BEARABLE.has(code));
  if (!spec || broken) {
    const what = broken ? `${file}:${broken.place.line}:${broken.place.column}: ${broken.message}` : file;
    throw new Fault({ kind: "invalid-input", what, hint: `\`gmailsync check ${file}\` shows all there is.` });
  }
  const result = filled(spec, lock);
  const gone = [...lock.keys()].filter((address) => !result.lock.has(address));
  const moved = [...result.lock].filter(([address, client]) => lock.has(address) && lock.get(address) !== client);
  const changed = lockText(result.lock) !== lockText(lock);
  if (changed && !options.check) writeWhole(lockFile, lockText(result.lock));
  const missing = result.left.length > 0 ? missingProjects(spec, result.left) : undefined;
  if (options.json) {
    const { added, left } = result;
    console.log(JSON.stringify({ lockFile, changed, added: Object.fromEntries(added), moved, gone, left, missing }));
  } else {
    console.log(told(options, result, gone, moved, changed));
    if (missing) console.error(`gmailsync lock: ${missing}`);
  }
  return missing || (options.check && changed) ? EXIT.failed : EXIT.ok;
}

function parse(argv: string[]): Options {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      lock: { type: "string" },
      check: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new TypeError("one file is needed, such as mailboxes.yaml");
  const { lock = lockFileOf(file), check, json } = values;
  return { file, lockFile: lock, check, json };
}

function told(
  { lockFile, check }: Options,
  { lock, added }: Filled,
  gone: readonly string[],
  moved: readonly (readonly [string, string])[],
  changed: boolean,
): string {
  const perClient = new Map<string, number>();
  for (const client of lock.values()) perClient.set(client, (perClient.get(client) ?? 0) + 1);
  return [
    ...[...added].map(([address, client]) => `+ ${address}: ${client}`),
    ...moved.map(([address, client]) => `~ ${address}: ${client}, as it is pinned now; its user signs in again`),
    ...gone.map((address) => `- ${address}`),
    ...[...perClient].map(([client, count]) => `${client}: ${count} mailboxes`),
    changed ? `${lockFile} ${check ? "is not up to date" : "is written"}` : `${lockFile} is up to date`,
  ].join("\n");
}
