/**
 * `npm run bench`: what is asked of Dataverse, what the state holds, time and memory, with the real CLI against the sandbox; it writes
 * `bench/README.md`, anew after each part. `-- --mailboxes 100,1000 --shapes floor,single,fleet` are other parts, `--commands plan` some commands
 * alone; `--others tests,stacks` is some of what does not go with their number, `--others=` nothing of it. `--short` writes nothing, and fails
 * where there are more requests or bytes than there may be: those do not depend on the machine, as seconds do.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pulumiCli } from "../scripts/pulumi-cli.ts";
import {
  COMMANDS,
  type Command,
  type Measurable,
  type Measured,
  measure,
  overStacks,
  sideBySide,
  throttled,
} from "./measure.ts";
import { CALM, type Others, page } from "./page.ts";

const { values: options } = parseArgs({
  options: {
    mailboxes: { type: "string", default: "100,1000" },
    shapes: { type: "string", default: "floor,single,fleet" },
    commands: { type: "string", default: Object.keys(COMMANDS).join(",") },
    others: { type: "string", default: "tests,programs,throttled,stacks" },
    short: { type: "boolean", default: false },
  },
});

/**
 * How many requests of Dataverse a command may take for so many mailboxes. Two of an `up` are writes. The first twenty mailboxes are looked up
 * one by one, and who is tested is looked at once a second while they are few: of a hundred that is more than of a thousand. What a plan has
 * seen is good for half a minute, and the engine takes longer for a thousand.
 */
const MOST: Readonly<Partial<Record<Command, (mailboxes: number) => number>>> = {
  plan: (mailboxes) => (mailboxes > 100 ? 60 : 30),
  up: (mailboxes) => (mailboxes < 1000 ? 3 : 2.5) * mailboxes,
  preview: (mailboxes) => (mailboxes > 1000 ? 20 : 10),
  drift: (mailboxes) => (mailboxes > 1000 ? 20 : 10),
  refresh: (mailboxes) => (mailboxes > 1000 ? 20 : 10),
  destroy: (mailboxes) => 1.3 * mailboxes,
};
/** What a command that only looks asks for once, however many mailboxes there are; of Google the proofs of the one client. */
const ONCE: Readonly<Record<string, number>> = { google: 4, "GET WhoAmI": 1, "GET organizations": 1 };
const LOOKS: ReadonlySet<Command> = new Set(["preview", "drift", "refresh"]);
/** Share of an `up`'s writes that are made again while Dataverse throttles. */
const MOST_REPEATED = 0.1;
/** Of a resource in the state, in a fleet: 2.2 KB. */
const MOST_BYTES = 2252;
const TESTS = { tests: 48, seconds: 15 };
const STACKS = { mailboxes: 5000, stacks: 10 };

const known = ["floor", "single", "fleet"] as const satisfies readonly Measurable[];
const asked = options.short ? ["single", "fleet"] : options.shapes.split(",");
const shapes = known.filter((shape) => asked.includes(shape));
const sizes = options.short ? [100] : options.mailboxes.split(",").filter(Boolean).map(Number);
const besides = options.short ? [] : options.others.split(",");

const { version: pulumi } = await pulumiCli({ root: join(import.meta.dirname, ".."), log: () => {} });
interface Figures {
  readonly all: readonly Measured[];
  readonly others: Others;
}

/** What was measured by parts, so that each can be measured anew. */
const KEPT = join(import.meta.dirname, "..", ".gmailsync", "bench.json");
const run = new Date().toISOString();
const all: Measured[] = [];
let others: Partial<Others> = {};

function tell(): void {
  if (options.short) return;
  const nothing: Figures = { all: [], others: { printed: {} } };
  const kept: Figures = existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, "utf8")) : nothing;
  // What has been measured beside an older floor keeps that.
  const isNew = (old: Measured) =>
    all.some(
      (one) =>
        one.shape === old.shape &&
        one.mailboxes === old.mailboxes &&
        one.command === old.command &&
        (one.shape !== "floor" || one.run === old.run),
    );
  const told = {
    all: [...kept.all.filter((one) => !isNew(one)), ...all],
    others: { ...kept.others, ...others, printed: { ...kept.others.printed, ...others.printed } },
  };
  writeFileSync(KEPT, JSON.stringify(told));
  writeFileSync(join(import.meta.dirname, "README.md"), page(told.all, told.others));
}

/** What is about time alone is told only of a machine without other work. */
const isCalm = () => (loadavg()[1] ?? 0) <= CALM;

/** Other programs of this folder, by what they are about. */
const PROGRAMS = {
  "Handshake of the plugin": "handshake.ts",
  "`gmailsync check`": "check.ts",
  "Proofs of OAuth clients": "google-clients.ts",
  "Own checks": "own-checks.ts",
} as const;

if (besides.includes("tests")) {
  const measured = { ...TESTS, ...(await sideBySide(TESTS.tests, TESTS.seconds)) };
  if (isCalm()) others = { ...others, sideBySide: measured };
  tell();
}
if (besides.includes("programs")) {
  for (const [name, program] of Object.entries(PROGRAMS)) {
    const text = execFileSync(process.execPath, [join(import.meta.dirname, program)], { encoding: "utf8" });
    if (isCalm()) others = { ...others, printed: { ...others.printed, [name]: text } };
    tell();
  }
}

for (const mailboxes of sizes)
  for (const shape of shapes)
    for await (const measured of measure({ run, pulumi }, shape, mailboxes, options.commands.split(","))) {
      const { command, requests, ms, what } = measured;
      console.log(`${shape} ${mailboxes} ${command}: ${requests} requests, ${(ms / 1000).toFixed(1)} s`, what);
      all.push(measured);
      tell();
    }

if (besides.includes("throttled")) {
  others = { ...others, throttled: await throttled(500) };
  tell();
}
if (besides.includes("stacks")) {
  const measured = await overStacks(STACKS.mailboxes, STACKS.stacks);
  if (isCalm()) others = { ...others, overStacks: { ...measured, run } };
  tell();
}

tell();

const over = all.flatMap(({ shape, mailboxes, command, requests, what, others: elsewhere, bytesPerResource }) => {
  const most = MOST[command]?.(mailboxes) ?? Number.POSITIVE_INFINITY;
  const where = `${command} of ${mailboxes} mailboxes, ${shape}`;
  return [
    ...(requests > most ? [`${where}: ${requests} requests of Dataverse, and ${most} are the most`] : []),
    ...Object.entries(LOOKS.has(command) && shape !== "floor" ? ONCE : {}).flatMap(([name, times]) => {
      const count = what[name] ?? elsewhere[name] ?? 0;
      return count > times ? [`${where}: ${count} requests ${name}, and ${times} are the most`] : [];
    }),
    ...(command === "up" && shape === "fleet" && bytesPerResource > MOST_BYTES
      ? [`${where}: ${bytesPerResource.toFixed(0)} bytes a resource, and ${MOST_BYTES} are the most`]
      : []),
  ];
});
const { repeated = 0, writes = 0 } = others.throttled ?? {};
if (repeated > MOST_REPEATED * (writes - repeated))
  over.push(`throttled: ${repeated} of ${writes} writes are repeated`);
if (over.length > 0) {
  console.error(over.join("\n"));
  process.exitCode = 1;
}
