import { cpus, loadavg } from "node:os";
import type { RequestRecord } from "../sandbox/traffic.ts";
import type { Peaks } from "./peaks.ts";
import { type BenchSandbox, benchSandbox, timed } from "./sandbox.ts";
import { addressesOf, type BenchStack, benchStack } from "./stacks.ts";

/** In this order; with own logins, what is of `gmailsync` and asks mailboxes. */
export const COMMANDS = {
  plan: ["pulumi", "preview"],
  up: ["pulumi", "up", "--yes", "--skip-preview"],
  preview: ["pulumi", "preview", "--expect-no-changes"],
  drift: ["pulumi", "preview"],
  refresh: ["pulumi", "refresh", "--yes", "--skip-preview"],
  check: ["gmailsync", "check", "mailboxes.yaml"],
  doctor: ["gmailsync", "doctor", "mailboxes.yaml"],
  report: ["gmailsync", "report", "mailboxes.yaml", "--html", "report.html"],
  destroy: ["pulumi", "destroy", "--yes", "--skip-preview"],
} as const;
export type Command = keyof typeof COMMANDS;
/** What each shape has. */
const ORDERS = {
  floor: ["plan", "up", "preview", "refresh", "destroy"],
  single: ["plan", "up", "preview", "drift", "refresh", "destroy"],
  fleet: ["plan", "up", "preview", "check", "doctor", "report", "drift", "refresh", "destroy"],
} as const satisfies Readonly<Record<string, readonly Command[]>>;
export type Measurable = keyof typeof ORDERS;

export interface Measured {
  /** When its run has begun; only figures of one run are compared. */
  readonly run: string;
  /** Version of the CLI. */
  readonly pulumi: string;
  /** Of the machine by all its processes, as it ended: the mean of five minutes. */
  readonly load: number;
  readonly shape: Measurable;
  readonly mailboxes: number;
  readonly command: Command;
  readonly ms: number;
  readonly peaks: Peaks;
  /** Of Dataverse. */
  readonly requests: number;
  /** Of Dataverse by verb and table, the most first. */
  readonly what: Readonly<Record<string, number>>;
  /** Of Entra and Google; Dynamics' own are among them. */
  readonly others: Readonly<Record<string, number>>;
  /** Of the state after `up`. */
  readonly bytesPerResource: number;
  /** Of all of it. */
  readonly bytes?: number;
}

/**
 * With every step the engine writes all of the state, which for thousands of resources takes more than all else; what is measured beyond a
 * thousand is the rest.
 */
const environmentFor = (mailboxes: number) => ({
  PULUMI_PARALLEL: "64",
  ...(mailboxes > 1000 ? { PULUMI_SKIP_CHECKPOINTS: "true" } : {}),
});

/** Those commands on so many mailboxes, one after the other, against a sandbox of their own. */
export async function* measure(
  about: Pick<Measured, "run" | "pulumi">,
  shape: Measurable,
  mailboxes: number,
  commands: readonly string[],
): AsyncGenerator<Measured> {
  await using sandbox = await benchSandbox("--users", String(mailboxes), "--test-delay", "20");
  using stack = await benchStack(shape, addressesOf(mailboxes), sandbox, environmentFor(mailboxes));
  let state = { bytes: 0, bytesPerResource: 0 };
  for (const command of ORDERS[shape].filter((one) => commands.includes(one))) {
    const drifted = command === "drift" ? addressesOf(mailboxes).filter((_, index) => index % 100 === 0) : [];
    deliver(sandbox, drifted, 0);
    const seen = await watch(stack, sandbox, command);
    deliver(sandbox, drifted, 2);
    if (command === "up") {
      const { bytes, resources } = stack.state();
      state = { bytes, bytesPerResource: bytes / resources };
    }
    yield { ...about, load: loadavg()[1] ?? 0, shape, mailboxes, command, ...seen, ...state };
  }
}

/** Somebody else sets the delivery method of outgoing mail: 0 none, 2 server-side synchronization. */
function deliver(sandbox: BenchSandbox, addresses: readonly string[], method: 0 | 2): void {
  for (const address of addresses) sandbox.command("set", "mailbox", address, `outgoingemaildeliverymethod=${method}`);
}

async function watch(stack: BenchStack, sandbox: BenchSandbox, command: Command) {
  const taken = requestsOf(sandbox);
  let peaks: Peaks = { engine: 0, language: 0, plugin: 0, cli: 0 };
  const ms = await timed(async () => {
    peaks = await run(stack, command);
  });
  const made = taken();
  const dataverse = made.filter(({ service }) => service === "dataverse");
  return {
    ms,
    peaks,
    requests: dataverse.length,
    what: counted(dataverse.map(nameOf)),
    others: counted(made.flatMap(({ service }) => (service === "dataverse" ? [] : [service]))),
  };
}

function run(stack: BenchStack, command: Command): Promise<Peaks> {
  const [program, ...args] = COMMANDS[command];
  return stack[program](...args);
}

const TAKEN_EVERY_MS = 30_000;

/** All requests from now until it is called, of which the sandbox keeps the last 20,000 only. */
function requestsOf(sandbox: BenchSandbox): () => readonly RequestRecord[] {
  const made: RequestRecord[] = [];
  let since = Date.now();
  const take = (until: number) => {
    made.push(...sandbox.requests().filter(({ at }) => at >= since && at < until));
    since = until;
  };
  const timer = setInterval(() => take(Date.now()), TAKEN_EVERY_MS);
  return () => {
    clearInterval(timer);
    take(Number.POSITIVE_INFINITY);
    return made;
  };
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

/**
 * An `up` of so many in a Fleet while Dataverse lets in 60 requests in 10 seconds, instead of 6,000 in 300. It has to end without an
 * error. How many requests it takes, writes among them, and how many of those were refused, so that they were repeated.
 */
export async function throttled(mailboxes: number) {
  await using sandbox = await benchSandbox("--users", String(mailboxes), "--test-delay", "20");
  using stack = await benchStack("fleet", addressesOf(mailboxes), sandbox, environmentFor(mailboxes));
  sandbox.command("set", "behaviour", "dataverse", "requestLimit=60", "requestWindowSeconds=10");
  const { ms, what, requests } = await watch(stack, sandbox, "up");
  const writes = what["PATCH mailboxes by id"] ?? 0;
  return { mailboxes, ms, requests, writes, repeated: writes - 2 * mailboxes };
}

/**
 * Milliseconds that an `up` takes while Dynamics takes its time to test so many: the first time, when one goes first with the new profile, and
 * again; and a preview of the same, which tests nothing.
 */
export async function sideBySide(
  tests: number,
  testSeconds: number,
): Promise<{ readonly first: number; readonly again: number; readonly preview: number }> {
  await using sandbox = await benchSandbox("--users", String(tests), "--test-delay", String(1000 * testSeconds));
  using stack = await benchStack("again", addressesOf(tests), sandbox, environmentFor(tests));
  const up = () => timed(() => run(stack, "up"));
  const first = await up();
  const again = await up();
  const preview = await timed(() => run(stack, "drift"));
  await run(stack, "destroy");
  return { first, again, preview };
}

/** Requests at once that the stacks of one environment share (`examples/many-stacks`). */
const SHARED_REQUESTS = 48;

/** An `up` of so many stacks, a Fleet each, which have so many mailboxes together; as many at once as there are processors. */
export async function overStacks(mailboxes: number, stacks: number) {
  await using sandbox = await benchSandbox("--users", String(mailboxes), "--test-delay", "20");
  const addresses = addressesOf(mailboxes);
  const size = Math.ceil(mailboxes / stacks);
  const atOnce = cpus().length;
  const environment = {
    ...environmentFor(mailboxes),
    GMAILSYNC_MAX_CONCURRENT_REQUESTS: String(Math.floor(SHARED_REQUESTS / atOnce)),
  };
  using made = new DisposableStack();
  const all = await Promise.all(
    Array.from({ length: stacks }, async (_, index) =>
      made.use(
        await benchStack("fleet", addresses.slice(index * size, (index + 1) * size), sandbox, environment, `s${index}`),
      ),
    ),
  );
  const queue = [...all];
  const memories: number[] = [];
  const lane = async () => {
    for (let stack = queue.shift(); stack; stack = queue.shift()) {
      const { engine, language, plugin } = await run(stack, "up");
      memories.push(engine + language + plugin);
    }
  };
  const ms = await timed(() => Promise.all(Array.from({ length: atOnce }, lane)));
  const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);
  const memory = sum(memories.toSorted((a, b) => b - a).slice(0, atOnce));
  const bytes = sum(all.map((stack) => stack.state().bytes));
  return { mailboxes, stacks, atOnce, ms, memory, bytes };
}
