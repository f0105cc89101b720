import { cpus, totalmem } from "node:os";
import { COMMANDS, type Command, type Measurable, type Measured } from "./measure.ts";

/** What does not go with a number of mailboxes. */
export interface Others {
  readonly sideBySide?: {
    readonly tests: number;
    readonly seconds: number;
    readonly first: number;
    readonly again: number;
    readonly preview?: number;
  };
  readonly throttled?: {
    readonly mailboxes: number;
    readonly ms: number;
    readonly requests: number;
    readonly writes: number;
    readonly repeated: number;
  };
  readonly overStacks?: {
    readonly run: string;
    readonly mailboxes: number;
    readonly stacks: number;
    readonly atOnce: number;
    readonly ms: number;
    /** Of all processes that run together, in MB. */
    readonly memory: number;
    readonly bytes: number;
  };
  /** What other programs have printed, by their names. */
  readonly printed: Readonly<Record<string, string>>;
}

/**
 * 1,000 single mailboxes as version 0.1.0 was in November 2026, before mailboxes were read by the page: Dataverse requests, seconds, seconds of
 * the floor in the same run, most memory of the plugin in MB.
 */
const BEFORE: Readonly<Partial<Record<Command, readonly [string, number, number | undefined, number]>>> = {
  up: ["7,192", 322, 204, 212],
  preview: ["595 to 610", 11.9, 4.9, 288],
  refresh: ["1,161", 13.1, undefined, 280],
  destroy: ["2,562", 288, 193, 280],
};
const COMMAND: Readonly<Record<Command, string>> = {
  plan: "`preview` of a new stack",
  up: "`up`",
  preview: "`preview` without a change",
  drift: "`preview`, 1 % changed by somebody else",
  refresh: "`refresh`",
  check: "`gmailsync check`",
  doctor: "`gmailsync doctor`, with own logins",
  report: "`gmailsync report`, with own logins",
  destroy: "`destroy`",
};
const SHAPE: Readonly<Record<Measurable, string>> = {
  single: "Single resources",
  fleet: "A Fleet",
  floor: "The floor",
};

export function page(all: readonly Measured[], { sideBySide, throttled, overStacks, printed }: Others): string {
  const measured = all
    .filter(({ shape }) => shape !== "floor")
    .map((one) => [`${one.shape} ${one.mailboxes}`, one] as const);
  const parts = [...new Map(measured).values()].toSorted((a, b) => a.mailboxes - b.mailboxes);
  const sections = [
    HEAD,
    machine(),
    comparison(all),
    WHY,
    ...parts.map(({ shape, mailboxes }) => section(shape, mailboxes, all)),
    ...(sideBySide ? [besides(sideBySide)] : []),
    ...(throttled ? [refused(throttled)] : []),
    ...(overStacks ? [besideOne(overStacks, all)] : []),
    ...Object.entries(printed).map(([name, text]) => `## ${name}\n\n\`\`\`text\n${text.trim()}\n\`\`\`\n`),
  ];
  return `${sections.filter(Boolean).join("\n")}`;
}

const HEAD = `# Bench

Written by \`npm run bench\`: the real CLI with the file backend and \`PULUMI_PARALLEL=64\`, Pulumi YAML, a Mailbox and a MailboxActivation each, against the sandbox
on loopback, where a test takes 20 ms. Requests are those of Dataverse; Entra and Google are counted apart, with those of Dynamics itself.
The floor is a provider that does nothing with as many resources of 1 KB, in the same run; to each resource of a program Pulumi YAML adds 2 KB of stack
trace, to those of a Fleet it does not. Beyond 1,000 mailboxes the engine writes the state at
the end only (\`PULUMI_SKIP_CHECKPOINTS\`), the floor's, too. The short form runs with everything else (\`.ci/run\`) and
fails on requests and bytes; seconds depend on the machine, and are told as multiples of the floor. Left out is what has not been measured, and
times where the machine had other work (a load above two a core).
`;

/** What profiles of November 2026 show, of the engine (`--profiling`) and of the plugin (`--cpu-prof`), on this machine with Pulumi 3.274. */
const WHY = `## What the times are made of

Wanted are 1.5 × the floor for a preview, 1.3 × for \`up\` and \`destroy\`, 2.5 × a bare node for the handshake, 1.3 × one test for tests side by side.
Profiles show where the rest goes:

| | |
|---|---|
| \`up\`, \`destroy\` | 65 % of the engine's CPU writes the state, all of it with each step, on one core: without (\`PULUMI_SKIP_CHECKPOINTS\`) an \`up\` of 1,000 took 106 s instead of 589 s. A resource here is some twenty values in 4.3 KB, the floor's one text in 3.4 KB; the sandbox, which answers for Dynamics and Google, runs on the same two cores. What the provider can still give is bytes: a Fleet's resources have 2 KB less. |
| \`preview\` | 14 s of CPU in the engine and 7 s in the plugin, on two cores. In the first half the engine waits for the plugin, which reads and compares each resource (Read, Diff); in the second one the plugin for the engine, which passes each through the program (Check, Diff). |
| memory | The plugin takes 3 MB more for each thousand single mailboxes (the preview of a new stack of 1,000 beside that of 5,000): of a row it keeps what decides. In a Fleet it is 12 MB more there and 36 MB in an \`up\`, objects of Pulumi's SDK that wait for the engine's answer: 500 are registered at a time, before that the same preview of 5,000 took 662 MB. |
| tests side by side | Beside the test of 15 s an \`up\` takes what a preview of the same takes, which tests nothing, and two seconds more: whether a test has ended is asked once a second, and each of 48 steps is written to the state. |
| handshake | of 179 ms: node itself 34, its modules http2 and tls 26, the gRPC library 40, the compiled code 15, the launcher 8; the rest is this package's own. |
`;

function machine(): string {
  const [cpu] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${day} · ${cpus().length} × ${cpu?.model ?? "CPU"}, ${memory} GB · Node.js ${process.version}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line), ""].join("\n");
}

function comparison(all: readonly Measured[]): string {
  const rows = all.flatMap((one) => {
    const before = BEFORE[one.command];
    if (!before || one.shape !== "single" || one.mailboxes !== 1000) return [];
    const [requests, seconds, floor, plugin] = before;
    const was = floor === undefined ? ["–", "–"] : [times(seconds / floor), `${floor} s`];
    const beside = floorOf(one, all);
    return [
      [
        COMMAND[one.command],
        `${requests} → ${number(one.requests)}`,
        `${seconds} s → ${(one.ms / 1000).toFixed(1)} s`,
        `${was[1]} → ${beside ? `${(beside.ms / 1000).toFixed(1)} s` : "–"}`,
        `${was[0]} → ${overFloor(one, all)}`,
        `${megabytes(plugin)} → ${megabytes(one.peaks.plugin)}`,
      ],
    ];
  });
  if (rows.length === 0) return "";
  const head = [
    "1,000 single mailboxes",
    "requests",
    "time",
    "of the floor",
    "times the floor",
    "most memory of the plugin",
  ];
  const fleet =
    "A Fleet of 300 took 2,101 requests for `up` and 202 for a preview, in 2,875 bytes a resource; single ones had 4,300.";
  return `## Before and now\n\nBefore: on another day, so times are compared by their floor only. ${fleet}\n\n${table(head, rows)}`;
}

function section(shape: Measurable, mailboxes: number, all: readonly Measured[]): string {
  const order = Object.keys(COMMAND);
  const some = all
    .filter((one) => one.shape === shape && one.mailboxes === mailboxes)
    .toSorted((a, b) => order.indexOf(a.command) - order.indexOf(b.command));
  const rows = some.map((one) => [
    COMMAND[one.command],
    number(one.requests),
    (one.requests / mailboxes).toFixed(2),
    list(one.what),
    list(one.others),
    one.load <= CALM ? `${timeOf(one)}, ${overFloor(one, all)}` : "–",
    COMMANDS[one.command][0] === "gmailsync"
      ? `itself ${megabytes(one.peaks.cli)}`
      : `plugin ${megabytes(one.peaks.plugin)}, engine ${megabytes(one.peaks.engine)}, language ${megabytes(one.peaks.language)}`,
  ]);
  const head = ["", "requests", "a mailbox", "of which", "Entra, Google", "time, times the floor", "most memory"];
  const up = some.find(({ command }) => command === "up");
  const floor = up && floorOf(up, all);
  const beside = floor ? `; the floor has ${number(floor.bytesPerResource)}` : "";
  const bytes = up ? `${number(up.bytesPerResource)} bytes a resource in the state${beside}. ` : "";
  const loads = some.map(({ load }) => load.toFixed(0));
  const runs = [...new Set(some.map(({ run }) => begun(run)))].join(" and ");
  const pulumi = [...new Set(some.map((one) => one.pulumi))].join(", ");
  const when = `Begun ${runs} UTC with Pulumi ${pulumi}, under a load of ${[...new Set(loads)].join(", ")}.`;
  return `## ${SHAPE[shape]}: ${number(mailboxes)} mailboxes\n\n${table(head, rows)}\n${bytes}${when}\n`;
}

function besides({ tests, seconds: each, first, again, preview }: NonNullable<Others["sideBySide"]>): string {
  const told = (ms: number) => `${seconds(ms)}, ${times(ms / 1000 / each)} one test`;
  const beside = preview === undefined ? "" : ` A preview of the same, which tests nothing: ${seconds(preview)}.`;
  return `## ${tests} tests of ${each} s side by side\n\nThe whole \`up\` of a Fleet: ${told(again)}. The first one, with a new profile, which one mailbox tries for all: ${told(first)}.${beside}\n`;
}

function refused({ mailboxes, ms, requests, writes, repeated }: NonNullable<Others["throttled"]>): string {
  const share = `${((100 * repeated) / (writes - repeated)).toFixed(1)} %`;
  return `## ${mailboxes} mailboxes, throttled\n\nWith 60 requests in 10 seconds, instead of 6,000 in 300, the \`up\` of a Fleet ends without an error after ${seconds(ms)}: ${number(requests)} requests, of which ${number(writes)} write, ${number(repeated)} of them (${share}) because the first try was refused.\n`;
}

function besideOne(many: NonNullable<Others["overStacks"]>, all: readonly Measured[]): string {
  const one = all.find(
    ({ shape, mailboxes, command, load }) =>
      shape === "fleet" && mailboxes === many.mailboxes && command === "up" && load <= CALM,
  );
  const { engine = 0, language = 0, plugin = 0 } = one?.peaks ?? {};
  const row = (what: string, run: string, ms: number, memory: number, bytes: number) => [
    what,
    begun(run),
    seconds(ms),
    megabytes(memory),
    kilobytes(bytes),
  ];
  const rows = [
    row(`${many.stacks} stacks`, many.run, many.ms, many.memory, many.bytes),
    ...(one ? [row("one stack", one.run, one.ms, engine + language + plugin, one.bytes ?? 0)] : []),
  ];
  const head = [`\`up\` of ${number(many.mailboxes)} mailboxes`, "begun", "time", "most memory at once", "state"];
  return `## Several stacks, and one\n\nA Fleet each, ${many.atOnce} at once on this machine, against one sandbox that refuses nothing, without checkpoints. A stack mostly waits here: for 64 tests at once, which are asked every five seconds whether they have ended, as those of Dynamics take longer than the 20 ms of the sandbox.\n\n${table(head, rows)}`;
}

function floorOf({ run, mailboxes, command }: Measured, all: readonly Measured[]): Measured | undefined {
  const same = command === "drift" ? "preview" : command;
  return all.find(
    (one) => one.shape === "floor" && one.run === run && one.mailboxes === mailboxes && one.command === same,
  );
}

/** Highest load under which times say something: with more the machine has other work, now more and now less of it. */
export const CALM = 2 * cpus().length;

function timeOf({ ms, mailboxes }: Measured): string {
  return `${seconds(ms)}${mailboxes > 1000 ? " without checkpoints" : ""}`;
}

/** Nothing where one of both was measured beside other work. */
function overFloor(measured: Measured, all: readonly Measured[]): string {
  const floor = floorOf(measured, all);
  return floor && Math.max(floor.load, measured.load) <= CALM ? times(measured.ms / floor.ms) : "–";
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${number(count)} ${name}`)
    .join(", ");
}

/** When a run has begun (UTC). */
const begun = (run: string) => run.slice(0, 16).replace("T", " ");
const number = (count: number) => Math.round(count).toLocaleString("en");
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const times = (ratio: number) => `${ratio.toFixed(2)} ×`;
const kilobytes = (bytes: number) => `${number(bytes / 1024)} KB`;
const megabytes = (size: number) => `${size.toFixed(0)} MB`;
