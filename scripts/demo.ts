/**
 * `npm start`: the whole path against the sandbox, every command of `demo-steps.ts` shown before it runs.
 * `--keep` leaves sandbox and stack up.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { writeWhole } from "../sandbox/write-whole.ts";
import { type DemoStep, END, TOUR } from "./demo-steps.ts";
import { table } from "./demo-table.ts";
import { run } from "./exec.ts";
import { pulumiCli } from "./pulumi-cli.ts";
import { demoEnvironment } from "./workspace.ts";

const root = join(import.meta.dirname, "..");
const interrupted = new AbortController();

const { values: options } = parseArgs({
  options: {
    keep: { type: "boolean", default: false },
    folder: { type: "string", default: root },
    help: { type: "boolean", short: "h", default: false },
  },
});
const folder = resolve(options.folder);
const work = join(folder, ".gmailsync");
if (options.help) {
  console.log(`npm start                     brings up the demo stack against the sandbox: a login that fails and its cure, drift
                              and how it is healed; then takes it down
npm start -- --keep           leaves sandbox and stack up, and says what to try next
npm start -- --folder DIR     with another Pulumi.yaml; state and sandbox are kept in DIR/.gmailsync. Default: this clone`);
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

/** Runs a command as a user would, its output on the screen. */
async function show(env: NodeJS.ProcessEnv, { heading: title, command, input, code = 0 }: DemoStep): Promise<void> {
  if (interrupted.signal.aborted) throw new Stopped();
  if (title !== undefined) heading(title);
  console.log(`\n${color("36", `$ ${command}${input === undefined ? "" : " < (value)"}`)}`);
  const [program = "", ...args] = command.split(" ");
  const stdin = input === undefined ? "ignore" : "pipe";
  const child = spawn(program, args, { cwd: folder, env, stdio: [stdin, "inherit", "inherit"] });
  child.stdin?.end(input);
  const ended = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => resolve(exit ?? 1));
  });
  if (interrupted.signal.aborted) throw new Stopped();
  if (ended !== code) throw new Error(`\`${command}\` ended with exit code ${ended}, and ${code} was expected`);
}

async function perform(env: NodeJS.ProcessEnv, steps: readonly DemoStep[]): Promise<void> {
  for (const step of steps) {
    await show(env, step);
    if (step.table) console.log(`\n${table(await exported(env))}`);
  }
}

async function exported(env: NodeJS.ProcessEnv): Promise<unknown> {
  const { code, stdout, stderr } = await run("pulumi", ["stack", "export"], { cwd: folder, env, timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`\`pulumi stack export\` failed: ${stderr}`);
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
  const child = spawn("gmailsync", ["sandbox", "start"], {
    cwd: folder,
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
    const asked = run("gmailsync", ["sandbox", "env", "--json"], { cwd: folder, env, timeoutMs: 10_000 });
    const { code, stdout } = await asked;
    if (code === 0) return { ...env, ...evaluated(JSON.parse(stdout)) };
    if (ended) break;
    await sleep(100);
  }
  throw new Error(`The sandbox did not start. It said:\n${readFileSync(logFile, "utf8").slice(-2000)}`);
}

/** The settings, which a user would have in the shell now. */
function evaluated(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  console.log(`\n${color("36", '$ eval "$(gmailsync sandbox env)"')}\n# ${Object.keys(settings).join(" ")}`);
  return settings;
}

async function stopSandbox(env: NodeJS.ProcessEnv): Promise<void> {
  await run("gmailsync", ["sandbox", "stop"], { cwd: folder, env, timeoutMs: 20_000 });
}

async function main(): Promise<void> {
  heading("Pulumi");
  const cli = await pulumiCli({ root, log: (line) => console.log(line), signal: interrupted.signal });
  console.log(`Pulumi ${cli.version}: ${cli.command}`);

  const path = [join(root, "bin"), cli.directory, process.env["PATH"]].join(":");
  let env: NodeJS.ProcessEnv = { ...process.env, PATH: path };
  await stopSandbox(env);
  for (const leftover of [join(work, "state"), join(folder, "Pulumi.demo.yaml")])
    rmSync(leftover, { recursive: true, force: true });
  env = { ...env, ...demoEnvironment(folder) };

  heading("A Microsoft and a Google of our own, on loopback");
  env = await startSandbox(env);
  try {
    await perform(env, TOUR);
    if (options.keep) {
      keepHint(env);
      return;
    }
    await perform(env, END);
    console.log(
      `\n${color("32", "Done.")} Next: docs/tutorial.md, and README.md, "From the sandbox to a real environment"; \`npm start -- --keep\` to play with it.`,
    );
  } finally {
    if (!options.keep || interrupted.signal.aborted) await stopSandbox(env);
  }
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
