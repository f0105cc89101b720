/**
 * `npm start`: the whole path against the sandbox, every command shown before it runs.
 * `--keep` leaves sandbox and stack up.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { writeWhole } from "../sandbox/write-whole.ts";
import { table } from "./demo-table.ts";
import { run } from "./exec.ts";
import { pulumiCli } from "./pulumi-cli.ts";
import { demoEnvironment } from "./workspace.ts";

const root = join(import.meta.dirname, "..");
const work = join(root, ".gmailsync");
const sandboxDirectory = join(work, "sandbox");
const interrupted = new AbortController();

const { values: options } = parseArgs({
  options: { keep: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
});
if (options.help) {
  console.log(`npm start             brings up the demo stack against the sandbox, shows drift, heals it, takes it down
npm start -- --keep   leaves sandbox and stack up, and says what to try next`);
  process.exit(0);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (!interrupted.signal.aborted) console.log("\nStopping; what is running comes to its end first.");
    interrupted.abort();
  });
}

const color = process.stdout.isTTY
  ? (code: string, text: string) => `\u001b[${code}m${text}\u001b[0m`
  : (_: string, text: string) => text;

function heading(text: string): void {
  console.log(`\n${color("1", `── ${text} `)}${color("2", "─".repeat(Math.max(0, 100 - text.length)))}`);
}

class Stopped extends Error {}

interface Expectation {
  /** Text for standard input, for values that must not stand in a command line. */
  readonly input?: string;
  /** Exit code that counts as success; any other ends the demo. */
  readonly code?: number;
  /** Runs to its end even when the demo was interrupted. */
  readonly always?: boolean;
  readonly quiet?: boolean;
}

/** Runs a command as a user would, its output on the screen. */
async function show(env: NodeJS.ProcessEnv, command: string, args: string[], expect: Expectation = {}): Promise<void> {
  if (interrupted.signal.aborted && !expect.always) throw new Stopped();
  if (!expect.quiet)
    console.log(`\n${color("36", `$ ${[command, ...args].join(" ")}${expect.input ? " < (value)" : ""}`)}`);
  const child = spawn(command, args, {
    cwd: root,
    env,
    stdio: [expect.input ? "pipe" : "ignore", "inherit", "inherit"],
  });
  child.stdin?.end(expect.input);
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => resolve(exit ?? 1));
  });
  if (interrupted.signal.aborted && !expect.always) throw new Stopped();
  if (code !== (expect.code ?? 0)) throw new Error(`\`${command} ${args.join(" ")}\` ended with exit code ${code}`);
}

async function json(env: NodeJS.ProcessEnv, command: string, args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await run(command, args, { cwd: root, env, timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`\`${command} ${args.join(" ")}\` failed: ${stderr}`);
  return JSON.parse(stdout);
}

/** Starts the sandbox in the background, so that it can outlive this process with `--keep`. */
async function startSandbox(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  mkdirSync(work, { recursive: true });
  const logFile = join(work, "sandbox.log");
  // A link that is there goes, and what it leads to stays.
  rmSync(logFile, { force: true });
  const log = openSync(logFile, "wx");
  console.log(`\n${color("36", "$ gmailsync sandbox start &")}`);
  const child = spawn("gmailsync", ["sandbox", "start", "--directory", sandboxDirectory], {
    cwd: root,
    env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  let ended = false;
  child.on("close", () => {
    ended = true;
  });
  child.unref();
  for (let attempt = 0; attempt < 100; attempt++) {
    const { code, stdout } = await run("gmailsync", ["sandbox", "env", "--json", "--directory", sandboxDirectory], {
      cwd: root,
      env,
      timeoutMs: 10_000,
    });
    if (code === 0) return { ...env, ...JSON.parse(stdout) };
    if (ended) break;
    await sleep(100);
  }
  throw new Error(`The sandbox did not start. It said:\n${readFileSync(logFile, "utf8").slice(-2000)}`);
}

async function stopSandbox(env: NodeJS.ProcessEnv): Promise<void> {
  await run("gmailsync", ["sandbox", "stop", "--directory", sandboxDirectory], { cwd: root, env, timeoutMs: 20_000 });
}

async function main(): Promise<void> {
  heading("Pulumi");
  const cli = await pulumiCli({ root, log: (line) => console.log(line), signal: interrupted.signal });
  console.log(`Pulumi ${cli.version}: ${cli.command}`);

  const path = [join(root, "bin"), cli.directory, process.env["PATH"]].join(":");
  let env: NodeJS.ProcessEnv = { ...process.env, PATH: path };
  await stopSandbox(env);
  for (const leftover of [join(work, "state"), join(root, "Pulumi.demo.yaml")])
    rmSync(leftover, { recursive: true, force: true });
  env = { ...env, ...demoEnvironment(root) };

  heading("A Microsoft and a Google of our own, on loopback");
  env = await startSandbox(env);
  try {
    await tour(env);
    if (options.keep) {
      keepHint(env);
      return;
    }
    await show(env, "pulumi", ["destroy", "--yes", "--skip-preview"]);
    heading("The mailboxes are back as they were, the profile is gone");
    await show(env, "gmailsync", ["sandbox", "show", "mailboxes"]);
    await show(env, "gmailsync", ["sandbox", "show", "profiles"]);
    await show(env, "pulumi", ["stack", "rm", "demo", "--yes"]);
    console.log(
      `\n${color("32", "Done.")} Next: README.md, "From the sandbox to a real environment"; \`npm start -- --keep\` to play with it.`,
    );
  } finally {
    if (!options.keep || interrupted.signal.aborted) await stopSandbox(env);
  }
}

async function tour(env: NodeJS.ProcessEnv): Promise<void> {
  await show(env, "gmailsync", ["sandbox", "show", "mailboxes"]);
  await show(env, "pulumi", ["stack", "init", "demo"]);
  await show(env, "pulumi", ["config", "set", "--secret", "googleClientSecret"], {
    input: "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",
  });

  heading("Declared in Pulumi.yaml, brought up, tested by Dynamics");
  await show(env, "pulumi", ["up", "--yes", "--skip-preview"]);
  console.log(`\n${table(await json(env, "pulumi", ["stack", "export"]))}`);

  heading("Somebody changes a mailbox behind Pulumi's back; a plain preview shows it");
  await show(env, "gmailsync", [
    "sandbox",
    "set",
    "mailbox",
    "anna@northwind.example",
    "outgoingemaildeliverymethod=0",
  ]);
  await show(env, "pulumi", ["preview"]);

  heading("Healed, and a gate for pipelines");
  await show(env, "pulumi", ["up", "--yes", "--skip-preview"]);
  await show(env, "pulumi", ["preview", "--expect-no-changes"]);
  heading("Somebody takes the redirect URI away in Google's console; a plain preview proves that it is gone");
  const [client = "", uris = ""] = await googleClient(env);
  await show(env, "gmailsync", ["sandbox", "set", "client", client, "redirectUris="]);
  await show(env, "pulumi", ["preview", "--expect-no-changes"], { code: 1 });
  await show(env, "gmailsync", ["sandbox", "set", "client", client, `redirectUris=${uris}`]);
  await show(env, "gmailsync", ["guide", "--project", "northwind-mail", "--client-id", client]);
  if (!options.keep) heading("And all of it taken back");
}

/** Its id and redirect URIs, as Google has them. */
async function googleClient(env: NodeJS.ProcessEnv): Promise<readonly [string, string]> {
  const clients = await json(env, "gmailsync", ["sandbox", "show", "clients", "--json"]);
  const first: unknown = Array.isArray(clients) ? clients[0] : undefined;
  const { clientId, redirectUris }: Record<string, unknown> = { ...Object(first) };
  return [String(clientId), Array.isArray(redirectUris) ? redirectUris.join(",") : ""];
}

function keepHint(env: NodeJS.ProcessEnv): void {
  const settings = Object.entries(env).filter(([name]) => /^(PATH$|PULUMI_|GMAILSYNC_|AZURE_)/.test(name));
  const lines = settings.map(([name, value]) => `export ${name}='${value}'\n`);
  writeWhole(join(work, "demo.env"), lines.join(""));
  heading("Left up");
  console.log(`The sandbox runs in the background, the stack "demo" is up. Try, in this folder:

  . .gmailsync/demo.env                       # settings of the sandbox and of the demo's state
  pulumi preview                              # no changes
  gmailsync sandbox show mailboxes
  gmailsync sandbox delete profile Gmail      # or what else an administrator might do: gmailsync sandbox --help
  pulumi preview                              # the drift
  pulumi up --yes                             # healed
  pulumi destroy --yes && gmailsync sandbox stop
`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Stopped)) console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}
