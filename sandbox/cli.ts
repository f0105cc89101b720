import { parseArgs } from "node:util";
import { columnsOf, render } from "./cli-table.ts";
import { readInfo, type SandboxInfo } from "./info.ts";

const DEFAULT_DIRECTORY = ".gmailsync/sandbox";

interface Options {
  readonly directory: string;
  readonly json: boolean;
  readonly state: string | undefined;
  readonly testDelay: number;
  readonly mailDelay: number;
  readonly users: number;
}

interface Command {
  readonly usage: string;
  readonly summary: string;
  run(args: readonly string[], options: Options): Promise<number>;
}

/** Wrong use of the command line: exit code 2. */
class Usage extends Error {}

const COMMAND_TABLE: Readonly<Record<string, Command>> = {
  start: {
    usage: "start [--state FILE] [--test-delay MS] [--mail-delay MS] [--users N]",
    summary: "runs in the foreground until Ctrl-C or `stop`",
    run: (_, options) => start(options),
  },
  env: {
    usage: "env [--json]",
    summary: "prints the settings that point gmailsync here, for `eval`",
    run: async (_, options) => env(running(options), options),
  },
  show: {
    usage: "show [mailboxes|profiles|organizations|clients|projects|accounts|alerts|requests] [--json]",
    summary: "the world as it is",
    run: ([what = "mailboxes"], options) => show(what, options),
  },
  set: {
    usage: "set <mailbox|profile|organization|account|client|project|behaviour> <name> <key>=<value>…",
    summary: "changes something, as an administrator would in the browser",
    run: ([kind = "", name = "", ...pairs], options) => set(kind, name, pairs, options),
  },
  "sign-in": action("sign-in", "signs the mailbox's user in to Gmail"),
  "sign-out": action("sign-out", "takes the mailbox's token away"),
  clock: {
    usage: "clock +<days>",
    summary: "moves Google's clock ahead: consents given in testing end after 7 days, unused clients after 6 months",
    run: async ([days = ""], options) => {
      if (!/^\+\d+$/.test(days)) throw new Usage("clock needs a number of days: +8");
      await ask(options, "move-clock", days.slice(1));
      return 0;
    },
  },
  revoke: action("revoke", "the user takes back at Google what was granted"),
  delete: {
    usage: "delete profile <name>",
    summary: "deletes a profile",
    run: async ([kind, name = ""], options) => {
      if (kind !== "profile") throw new Usage("only profiles can be deleted: `delete profile <name>`");
      await ask(options, "delete-profile", name);
      return 0;
    },
  },
  fault: {
    usage:
      "fault <dataverse|entra|google> [status=429] [retry-after=2] [effect=reset|hang|lost-answer] [delay=MS] [times=1] [method=GET] [path=TEXT]",
    summary: "disturbs the next requests",
    run: async ([service = "", ...pairs], options) => {
      await ask(options, "fault", service, pairsOf(pairs));
      return 0;
    },
  },
  reset: {
    usage: "reset",
    summary: "makes the world as it was at the beginning",
    run: async (_, options) => {
      await ask(options, "reset");
      return 0;
    },
  },
  stop: { usage: "stop", summary: "ends the running sandbox", run: (_, options) => stop(options) },
};
const COMMANDS = new Map(Object.entries(COMMAND_TABLE));

const EXAMPLES = `Examples:
  gmailsync sandbox start &
  eval "$(gmailsync sandbox env)"
  gmailsync sandbox show mailboxes
  gmailsync sandbox set mailbox anna@northwind.example outgoingemaildeliverymethod=0
  gmailsync sandbox set account bert@northwind.example imap=off-by-user
  gmailsync sandbox set behaviour dataverse approval=silent
  gmailsync sandbox sign-in carl@northwind.example
  gmailsync sandbox sign-out anna@northwind.example
  gmailsync sandbox revoke anna@northwind.example
  gmailsync sandbox set client 123456789012-sandbox0sandbox0sandbox0sandbox0.apps.googleusercontent.com redirectUris=
  gmailsync sandbox set project northwind-mail audience=external publishingStatus=testing testUsers=anna@northwind.example
  gmailsync sandbox clock +8
  gmailsync sandbox delete profile Gmail
  gmailsync sandbox fault dataverse status=429 retry-after=2 times=3
  gmailsync sandbox fault entra effect=reset
  gmailsync sandbox reset
  gmailsync sandbox stop`;

function help(): string {
  const lines = [...COMMANDS.values()].map(({ usage, summary }) => `  ${usage}\n      ${summary}`);
  return [
    "gmailsync sandbox: a local Microsoft and Google, on loopback only, everything fake",
    "",
    "Usage: gmailsync sandbox <sub-command> [--directory DIR]",
    "",
    ...lines,
    "",
    `  --directory DIR   where CA file and connection data are (default ${DEFAULT_DIRECTORY})`,
    "",
    EXAMPLES,
    "",
    "Exit codes: 0 done, 1 failed, 2 wrong use.",
  ].join("\n");
}

function helpOf(name: string, { usage, summary }: Command): string {
  const examples = EXAMPLES.split("\n").filter((line) => line.includes(`gmailsync sandbox ${name}`));
  return [
    `gmailsync sandbox ${name}: ${summary}`,
    "",
    `Usage: gmailsync sandbox ${usage} [--directory DIR]`,
    "",
    "Examples:",
    ...examples,
  ].join("\n");
}

/** `gmailsync sandbox …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        directory: { type: "string", default: DEFAULT_DIRECTORY },
        json: { type: "boolean", default: false },
        state: { type: "string" },
        "test-delay": { type: "string", default: "1500" },
        "mail-delay": { type: "string", default: "0" },
        users: { type: "string", default: "0" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [name, ...args] = positionals;
    if (name === undefined) {
      console.log(help());
      return values.help ? 0 : 2;
    }
    const command = COMMANDS.get(name);
    if (!command) throw new Usage(`there is no sub-command "${name}"`);
    if (values.help) {
      console.log(helpOf(name, command));
      return 0;
    }
    return await command.run(args, {
      directory: values.directory,
      json: values.json,
      state: values.state,
      testDelay: wholeNumber("--test-delay", values["test-delay"], 600_000),
      mailDelay: wholeNumber("--mail-delay", values["mail-delay"], 60_000),
      users: wholeNumber("--users", values.users, 10_000),
    });
  } catch (error) {
    const wrongUse =
      error instanceof Usage ||
      (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));
    console.error(`gmailsync sandbox: ${error instanceof Error ? error.message : error}`);
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

function action(name: string, summary: string): Command {
  return {
    usage: `${name} <address>`,
    summary,
    run: async ([address], options) => {
      if (!address) throw new Usage(`${name} needs an address`);
      await ask(options, name, address);
      return 0;
    },
  };
}

async function start({ directory, state, testDelay, mailDelay, users }: Options): Promise<number> {
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

function running({ directory }: Options): SandboxInfo {
  const info = readInfo(directory);
  if (info) return info;
  throw new Error(
    `no sandbox runs in ${directory}; start one with \`gmailsync sandbox start\`, or name its --directory`,
  );
}

function env({ environment }: SandboxInfo, { json }: Options): number {
  const quote = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}`);
  console.log(json ? JSON.stringify(environment, null, 2) : lines.join("\n"));
  return 0;
}

async function show(what: string, options: Options): Promise<number> {
  const columns = columnsOf(what);
  if (!columns) throw new Usage(`there are no ${what} to show`);
  const rows = await ask(options, what);
  console.log(options.json ? JSON.stringify(rows, null, 2) : render(columns, rows));
  return 0;
}

async function set(kind: string, name: string, pairs: readonly string[], options: Options): Promise<number> {
  if (!["mailbox", "profile", "organization", "account", "client", "project", "behaviour"].includes(kind))
    throw new Usage(`there is no ${kind || "thing"} to set`);
  if (!name || pairs.length === 0) throw new Usage(`set ${kind} needs a name and at least one key=value`);
  await ask(options, `set-${kind}`, name, pairsOf(pairs));
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

async function stop(options: Options): Promise<number> {
  const info = running(options);
  await ask(options, "stop");
  for (let attempt = 0; attempt < 100 && readInfo(options.directory); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (readInfo(options.directory)) throw new Error(`process ${info.pid} has not stopped within 5 s`);
  return 0;
}

async function ask(options: Options, name: string, target = "", values: Record<string, string> = {}): Promise<unknown> {
  const { admin } = running(options);
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
