import { delimiter } from "node:path";
import { parseArgs } from "node:util";
import { columnsOf, render } from "./cli-table.ts";
import { MAIL_SCOPE } from "./google/state.ts";
import { type Environment, findRunning, readInfo, type SandboxInfo } from "./info.ts";
import type { Order } from "./orders/order.ts";
import { actionOf, ORDERS } from "./orders/orders.ts";
import { SHOWS } from "./orders/shows.ts";
import { IDENTITIES, WHERE } from "./pipelines/identities.ts";
import { printable } from "./shown.ts";
import { writeWhole } from "./write-whole.ts";

const DEFAULT_DIRECTORY = ".gmailsync/sandbox";

interface Options {
  readonly directory: string;
  readonly json: boolean;
  readonly state: string | undefined;
  readonly world: string | undefined;
  readonly testDelay: number;
  readonly mailDelay: number;
  readonly users: number;
  readonly as: string | undefined;
}

interface Command {
  readonly usage: string;
  readonly summary: string;
  /** What follows the command. */
  readonly examples: readonly string[];
  run(args: readonly string[], options: Options): Promise<number>;
}

/** Wrong use of the command line: exit code 2. */
class Usage extends Error {}

const IDENTITY_SUMMARY = Object.entries(IDENTITIES)
  .map(([name, { summary }]) => `${name}: ${summary}`)
  .join("; ");

const OWN_COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    usage: "[--world FILE] [--state FILE] [--test-delay MS] [--mail-delay MS] [--users N]",
    summary:
      "runs in the foreground until Ctrl-C or `stop`; --world: a world of your own (schema/world.schema.json); --state: kept there over restarts, and once it is there it is the world",
    examples: ["", "--world world.yaml", "--state world.json"],
    run: (_, options) => start(options),
  },
  env: {
    usage: `[--as ${Object.keys(IDENTITIES).join("|")}] [--json]`,
    summary: `prints the settings that point gmailsync here, for \`eval\` in a POSIX shell, or with --json for any other; among them GMAILSYNC_MAIL_CREDENTIAL, the made-up key of the Workspace's service account, by which activations log in to IMAP and SMTP themselves; --as: what such a machine has, and no secret beside it (${IDENTITY_SUMMARY})`,
    examples: ["", "--as github", "--json"],
    run: (_, options) => env(options),
  },
  show: {
    usage: `[${Object.keys(SHOWS).join("|")}] [--json]`,
    summary: "the world as it is; secrets, too: they are all made up",
    examples: ["mailboxes", "secrets", "requests --json"],
    run: ([what = "mailboxes"], options) => show(what, options),
  },
  save: {
    usage: "<file>",
    summary: "writes the world as it is; `start --state <file>` begins with it",
    examples: ["world.json"],
    run: ([file], options) => save(file, options),
  },
};

/** Everything by name: what is done here, and what the running sandbox is told to do. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ...Object.entries(OWN_COMMANDS),
  ...[...ORDERS].map(([name, order]): [string, Command] => [
    name,
    { ...order, run: (args, options) => obey(name, order, args, options) },
  ]),
]);

async function obey(name: string, order: Order, args: readonly string[], options: Options): Promise<number> {
  const [target, pairs] = order.target === undefined ? ["", args] : [args[0] ?? "", args.slice(1)];
  const result = await ask(options, actionOf(name, order), target, pairsOf(pairs));
  if (order.prints) console.log(JSON.stringify(result, null, 2));
  return name === "stop" ? stopped(options) : 0;
}

const WIDTH = 100;

function help(): string {
  const lines = [...COMMANDS].map(([name, { usage, summary }]) =>
    [
      `  ${[name, usage].filter(Boolean).join(" ")}`,
      ...wrapped(summary, WIDTH - 6).map((line) => `      ${line}`),
    ].join("\n"),
  );
  return [
    "gmailsync sandbox: a local Microsoft and Google, on loopback only, everything fake",
    "",
    "Usage: gmailsync sandbox <sub-command> [--directory DIR]",
    "",
    ...lines,
    "",
    `  --directory DIR   where CA file and connection data are (default ${DEFAULT_DIRECTORY}); one sandbox runs in a folder`,
    "",
    "Files are written for their owner only, and never through a link: one in the place of a file is refused.",
    "",
    "Examples:",
    ...[...COMMANDS].flatMap(([name, command]) => examplesOf(name, command).slice(0, 1)),
    "",
    "Exit codes: 0 done, 1 failed, 2 wrong use.",
  ].join("\n");
}

function helpOf(name: string, command: Command): string {
  return [
    ...wrapped(`gmailsync sandbox ${name}: ${command.summary}`, WIDTH),
    "",
    `Usage: ${["gmailsync sandbox", name, command.usage].filter(Boolean).join(" ")} [--directory DIR]`,
    "",
    "Examples:",
    ...examplesOf(name, command),
  ].join("\n");
}

/** What all commands that begin with the word do: `gmailsync sandbox add --help`. */
function helpOfVerb(verb: string, commands: readonly (readonly [string, Command])[]): string {
  const lines = commands.map(([name, { usage, summary }]) =>
    [`  ${name} ${usage}`, ...wrapped(summary, WIDTH - 6).map((line) => `      ${line}`)].join("\n"),
  );
  const examples = commands.flatMap(([name, command]) => examplesOf(name, command));
  return [`Usage: gmailsync sandbox ${verb} <what> …`, "", ...lines, "", "Examples:", ...examples].join("\n");
}

function examplesOf(name: string, { examples }: Command): string[] {
  return examples.map((rest) => `  gmailsync sandbox ${name} ${rest}`.trimEnd());
}

function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

/** The command that the words name, `add user` before `add`, and the words that are left. */
function commandOf(words: readonly string[]): { name: string; command: Command; args: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(" ");
    const command = words.length >= length ? COMMANDS.get(name) : undefined;
    if (command) return { name, command, args: words.slice(length) };
  }
  return undefined;
}

function withVerb(verb: string): (readonly [string, Command])[] {
  return [...COMMANDS].filter(([name]) => name.startsWith(`${verb} `));
}

function noSuch([verb = "", what]: readonly string[]): Usage {
  const kinds = withVerb(verb).map(([name]) => name.slice(verb.length + 1));
  if (kinds.length === 0) return new Usage(`there is no sub-command "${verb}"`);
  return new Usage(`${what === undefined ? verb : `there is no "${verb} ${what}"; ${verb}`} takes ${kinds.join(", ")}`);
}

export const OPTIONS = {
  directory: { type: "string", default: DEFAULT_DIRECTORY },
  json: { type: "boolean", default: false },
  state: { type: "string" },
  world: { type: "string" },
  "test-delay": { type: "string", default: "1500" },
  "mail-delay": { type: "string", default: "0" },
  users: { type: "string", default: "0" },
  as: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** What may follow, such as `start` and `add user`. */
export const WORDS: readonly string[] = [...COMMANDS.keys(), ...Object.keys(SHOWS).map((what) => `show ${what}`)];

/** `gmailsync sandbox …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: OPTIONS,
    });
    const [verb] = positionals;
    if (verb === undefined) {
      console.log(help());
      return values.help ? 0 : 2;
    }
    const chosen = commandOf(positionals);
    if (values.help && (chosen || withVerb(verb).length > 0)) {
      console.log(chosen ? helpOf(chosen.name, chosen.command) : helpOfVerb(verb, withVerb(verb)));
      return 0;
    }
    if (!chosen) throw noSuch(positionals);
    if (values.world !== undefined && values.users !== "0")
      throw new Usage("--users is for the world that comes along: with --world, `repeat` makes many users");
    return await chosen.command.run(chosen.args, {
      directory: values.directory,
      json: values.json,
      state: values.state,
      world: values.world,
      testDelay: wholeNumber("--test-delay", values["test-delay"], 600_000),
      mailDelay: wholeNumber("--mail-delay", values["mail-delay"], 60_000),
      users: wholeNumber("--users", values.users, 10_000),
      as: values.as,
    });
  } catch (error) {
    const wrongUse =
      error instanceof Usage ||
      (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));
    const message = error instanceof Error ? error.message : String(error);
    console.error(`gmailsync sandbox: ${message.split("\n").map(printable).join("\n")}`);
    if (wrongUse) console.error("`gmailsync sandbox --help` shows how it is used.");
    return wrongUse ? 2 : 1;
  }
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most)
    throw new Usage(`${option} must be a whole number up to ${most}, not "${text}"`);
  return value;
}

async function start({ directory, state, world, testDelay, mailDelay, users }: Options): Promise<number> {
  const { startSandbox } = await import("./sandbox.ts");
  const interrupted = new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  const sandbox = await startSandbox({
    directory,
    testDelayMs: testDelay,
    mailDelayMs: mailDelay,
    extraUsers: users,
    ...(state !== undefined && { stateFile: state }),
    ...(world !== undefined && { worldFile: world }),
  });
  console.log(
    `The sandbox runs: ${sandbox.environment["GMAILSYNC_ENVIRONMENT_URL"]} and Gmail, on loopback, until Ctrl-C.`,
  );
  console.log(
    `In another terminal: eval "$(gmailsync sandbox env${directory === DEFAULT_DIRECTORY ? "" : ` --directory ${directory}`})"`,
  );
  await Promise.race([interrupted, sandbox.stopped]);
  await sandbox.close();
  console.log("The sandbox has stopped.");
  return 0;
}

function running({ directory }: Options, info: SandboxInfo | undefined): SandboxInfo {
  if (info) return info;
  throw new Error(
    `no sandbox runs in ${directory}; start one with \`gmailsync sandbox start\`, or name its --directory`,
  );
}

async function env(options: Options): Promise<number> {
  // What a shell runs is asked for, and not only read.
  const { environment } = running(options, await findRunning(options.directory));
  if (!environment) throw new Error(`the sandbox of ${options.directory} is still starting; try again in a moment`);
  const all = options.as === undefined ? await usual(environment, options) : await asMachine(options.as, options);
  const quote = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
  const lines = Object.entries(all).map(([name, value]) => `export ${name}=${quote(value)}`);
  // What a shell has of another machine would make two of them.
  const others = FOREIGN.filter((name) => !Object.hasOwn(all, name));
  const shell = [...(options.as === undefined ? [] : [`unset ${others.join(" ")}`]), ...lines];
  console.log(options.json ? JSON.stringify(all, null, 2) : shell.join("\n"));
  return 0;
}

/** Variables by which some machine signs in. */
const FOREIGN = [...new Set(Object.values(IDENTITIES).flatMap(({ variables }): readonly string[] => variables))].filter(
  (name) => name !== "PATH",
);

async function usual(environment: Environment, options: Options): Promise<Readonly<Record<string, string>>> {
  const key = await mailKey(options);
  // Beside what a shell runs.
  if (key === undefined) console.error(NO_MAIL_KEY);
  return { ...environment, ...(key !== undefined && { GMAILSYNC_MAIL_CREDENTIAL: key }) };
}

/** Where things are, and by what such a machine signs in. Folders of programs come before one's own. */
async function asMachine(kind: string, options: Options): Promise<Readonly<Record<string, string>>> {
  const identity = Object.entries(IDENTITIES).find(([name]) => name === kind)?.[1];
  if (!identity) throw new Usage(`--as is one of ${Object.keys(IDENTITIES).join(", ")}, not "${kind}"`);
  const answered = await ask(options, "environment", kind);
  const given = [...WHERE, ...identity.variables].flatMap((name): [string, string][] => {
    const value: unknown = Reflect.get(Object(answered), name);
    if (typeof value !== "string") return [];
    return [[name, name === "PATH" ? [value, process.env["PATH"]].filter(Boolean).join(delimiter) : value]];
  });
  return Object.fromEntries(given);
}

const NO_MAIL_KEY = `No service account of this world may log in to mailboxes (delegation for ${MAIL_SCOPE}), so own IMAP and SMTP logins are skipped; add one: gmailsync sandbox add service-account --help`;

/** The key file of the first service account that may log in to all mailboxes. */
async function mailKey(options: Options): Promise<string | undefined> {
  const accounts = await ask(options, "service-accounts");
  const delegated = (Array.isArray(accounts) ? accounts : []).find((account: unknown) =>
    [Reflect.get(Object(account), "delegatedScopes")].flat().includes(MAIL_SCOPE),
  );
  const email: unknown = Reflect.get(Object(delegated), "email");
  return typeof email === "string" ? JSON.stringify(await ask(options, "add-key", email)) : undefined;
}

async function show(what: string, options: Options): Promise<number> {
  const columns = Object.hasOwn(SHOWS, what) ? columnsOf(what) : undefined;
  if (!columns) throw new Usage(`there are no ${what} to show; there are ${Object.keys(SHOWS).join(", ")}`);
  const rows = await ask(options, what);
  console.log(options.json ? JSON.stringify(rows, null, 2) : render(columns, rows));
  return 0;
}

/** Its owner's only: a world holds tokens, though fake ones. */
async function save(file: string | undefined, options: Options): Promise<number> {
  if (file === undefined) throw new Usage("save needs the name of a file");
  writeWhole(file, JSON.stringify(await ask(options, "world")));
  console.log(`Begin with this world: gmailsync sandbox start --state ${file}`);
  return 0;
}

function pairsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new Usage(`"${pair}" is not of the form key=value`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Waits for the sandbox to be gone. */
async function stopped(options: Options): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (!readInfo(options.directory)) return 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the sandbox has not stopped within 5 s");
}

async function ask(options: Options, name: string, target = "", values: Record<string, string> = {}): Promise<unknown> {
  const { admin } = running(options, readInfo(options.directory));
  const response = await fetch(`${admin.url}/${name}`, {
    method: "POST",
    headers: { authorization: `Bearer ${admin.token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: target, values }),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => {
    throw new Error(`the sandbox of ${options.directory} does not answer; start it with \`gmailsync sandbox start\``);
  });
  const body: unknown = await response.json();
  const member = (key: string): unknown =>
    typeof body === "object" && body !== null ? Reflect.get(body, key) : undefined;
  if (!response.ok) throw new Error(String(member("error")));
  return member("result");
}
