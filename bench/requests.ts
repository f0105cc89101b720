/**
 * What is asked of Dataverse, and what the state holds: `up`, a preview without changes, `refresh` and `destroy` with the real CLI against
 * the sandbox. `node bench/requests.ts [--mailboxes 100,1000] [--only single|fleet] [--json]`; `--short` fails where there is more of
 * either than there may be. Seconds depend on the machine and are not looked at.
 */
import { parseArgs } from "node:util";
import type { RequestRecord } from "../sandbox/traffic.ts";
import { benchSandbox } from "./sandbox.ts";
import { benchStack, SHAPES, type Shape } from "./stacks.ts";

const { values: options } = parseArgs({
  options: {
    mailboxes: { type: "string", default: "100,1000" },
    only: { type: "string" },
    short: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const COMMANDS = {
  up: ["up", "--yes", "--skip-preview"],
  preview: ["preview", "--expect-no-changes"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
} as const;
type Command = keyof typeof COMMANDS;
const ORDER = ["up", "preview", "refresh", "destroy"] as const satisfies readonly Command[];

/**
 * How many requests of Dataverse a command may take for so many mailboxes. Two of an `up` are writes. The first twenty mailboxes are looked up
 * one by one, and who is tested is looked at once a second, whoever they are: of a hundred that is more than of a thousand.
 */
const MOST: Readonly<Record<Command, (mailboxes: number) => number>> = {
  up: (mailboxes) => (mailboxes < 1000 ? 3 : 2.5) * mailboxes,
  preview: (mailboxes) => (mailboxes > 1000 ? 20 : 10),
  refresh: (mailboxes) => (mailboxes > 1000 ? 20 : 10),
  destroy: (mailboxes) => 1.3 * mailboxes,
};
/** Of a resource in the state, in a fleet: 2.2 KB. */
const MOST_BYTES = 2252;

interface Measured {
  readonly shape: Shape;
  readonly mailboxes: number;
  readonly command: Command;
  /** Of Dataverse. */
  readonly requests: number;
  /** Of Dataverse by verb and table, the most first. */
  readonly what: Readonly<Record<string, number>>;
  /** Of Entra and Google. */
  readonly others: Readonly<Record<string, number>>;
  /** Of the state after `up`. */
  readonly bytesPerResource: number;
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

/** `GET mailboxes`, with how it was asked: by the id of one, a list of some, a page of all that a filter fits. */
function nameOf({ method, path }: RequestRecord): string {
  const [, table = "", id = ""] = /\/api\/data\/v9\.2\/(\w+)(\()?/.exec(path) ?? [];
  const way = id ? " by id" : /%24filter=Microsoft\.Dynamics\.CRM\.In/.test(path) ? " list" : "";
  return `${method} ${table}${way}`;
}

async function measure(shape: Shape, mailboxes: number): Promise<Measured[]> {
  const sandbox = await benchSandbox("--users", String(mailboxes), "--test-delay", "20");
  const stack = await benchStack(shape, mailboxes, sandbox, { PULUMI_PARALLEL: "64" });
  const measured: Omit<Measured, "bytesPerResource">[] = [];
  let bytesPerResource = 0;
  let seen = sandbox.requests().length;
  for (const command of ORDER) {
    await stack.pulumi(...COMMANDS[command]);
    const all = sandbox.requests();
    const made = all.slice(seen);
    seen = all.length;
    const dataverse = made.filter(({ service }) => service === "dataverse");
    measured.push({
      shape,
      mailboxes,
      command,
      requests: dataverse.length,
      what: counted(dataverse.map(nameOf)),
      others: counted(made.flatMap(({ service }) => (service === "dataverse" ? [] : [service]))),
    });
    if (command !== "up") continue;
    const { bytes, resources } = stack.state();
    bytesPerResource = bytes / resources;
  }
  stack.remove();
  await sandbox.stop();
  return measured.map((one) => ({ ...one, bytesPerResource }));
}

function line({ shape, mailboxes, command, requests, what, others, bytesPerResource }: Measured): string {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ");
  const cells = [shape, mailboxes, command, requests, (requests / mailboxes).toFixed(2), list(what), list(others)];
  return `| ${[...cells, command === "up" ? bytesPerResource.toFixed(0) : ""].join(" | ")} |`;
}

const sizes = options.short ? [100] : options.mailboxes.split(",").map(Number);
const all: Measured[] = [];
if (!options.json) {
  console.log(
    "| | mailboxes | command | Dataverse requests | per mailbox | of which | Entra, Google | bytes a resource |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
}
for (const mailboxes of sizes)
  for (const shape of SHAPES.filter((one) => options.only === undefined || one === options.only)) {
    const measured = await measure(shape, mailboxes);
    all.push(...measured);
    if (!options.json) for (const one of measured) console.log(line(one));
  }
if (options.json) console.log(JSON.stringify(all));

const over = all.flatMap(({ shape, mailboxes, command, requests, bytesPerResource }) => {
  const most = MOST[command](mailboxes);
  const where = `${command} of ${mailboxes} mailboxes, ${shape}`;
  return [
    ...(requests > most ? [`${where}: ${requests} requests of Dataverse, and ${most} are the most`] : []),
    ...(command === "up" && shape === "fleet" && bytesPerResource > MOST_BYTES
      ? [`${where}: ${bytesPerResource.toFixed(0)} bytes a resource, and ${MOST_BYTES} are the most`]
      : []),
  ];
});
if (options.short && over.length > 0) {
  console.error(over.join("\n"));
  process.exitCode = 1;
}
