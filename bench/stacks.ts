import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../sandbox/google/state.ts";
import { pulumiCli } from "../scripts/pulumi-cli.ts";
import { pulumiEnvironment } from "../scripts/workspace.ts";
import { type Peaks, peaksOf } from "./peaks.ts";
import { BIN } from "./published.ts";
import type { BenchSandbox } from "./sandbox.ts";

const ROOT = join(import.meta.dirname, "..");

const headOf = (plugin: string, folder: string) => `name: bench
runtime: yaml
plugins:
  providers:
    - {name: ${plugin}, path: ${folder}}
config:
  googleClientSecret: {type: string, secret: true}
resources:
`;
const HEAD = headOf("gmailsync", BIN);

export function addressesOf(mailboxes: number): string[] {
  return Array.from({ length: mailboxes }, (_, i) => `user${String(i + 1).padStart(4, "0")}@northwind.example`);
}

function fleetOf(addresses: readonly string[], more: string): Record<string, string> {
  return {
    "Pulumi.yaml": `${HEAD}  fleet: {type: "gmailsync:Fleet", properties: {file: mailboxes.yaml}}\n`,
    "mailboxes.yaml": [
      `${more}clients:\n  north:\n`,
      `    projectId: northwind-mail\n    clientId: ${SEED_CLIENT_ID}\n    clientSecret: {config: googleClientSecret}\n`,
      "mailboxes:\n",
      ...addresses.map((address) => `  - address: ${address}\n`),
    ].join(""),
  };
}

/**
 * Programs of Pulumi YAML with so many mailboxes, an activation each, or with as many resources of which each second one needs one, and
 * nothing is done (`floor`); the files of a folder, by name.
 */
export const PROGRAMS = {
  fleet: (addresses) => fleetOf(addresses, ""),
  /** Tests with each `up`. */
  again: (addresses) => fleetOf(addresses, "defaults: {activation: {retest: always}}\n"),
  single: (addresses) => {
    const resource = (name: string, type: string, properties: string) =>
      `  ${name}:\n    type: gmailsync:${type}\n    properties: {${properties}}\n`;
    const shared = [
      resource(
        "google",
        "GoogleOAuthClient",
        `projectId: northwind-mail, clientId: ${SEED_CLIENT_ID}, clientSecret: "$\{googleClientSecret}"`,
      ),
      resource(
        "gmail",
        "EmailServerProfile",
        `name: Gmail, oauthClientId: "$\{google.clientId}", oauthClientSecret: "$\{google.clientSecret}"`,
      ),
    ];
    const each = addresses.flatMap((address, index) => [
      resource(`m${index}`, "Mailbox", `emailAddress: ${address}, profileId: "$\{gmail.profileId}"`),
      resource(
        `a${index}`,
        "MailboxActivation",
        `mailboxId: "$\{m${index}.mailboxId}", profileId: "$\{m${index}.profileId}"`,
      ),
    ]);
    return { "Pulumi.yaml": HEAD + [...shared, ...each].join("") };
  },
  floor: (addresses) => {
    const each = addresses.flatMap((address, index) => [
      `  m${index}: {type: "floor:Nothing", properties: {name: ${address}}}\n`,
      `  a${index}: {type: "floor:Nothing", properties: {name: a${index}, after: "$\{m${index}.name}"}}\n`,
    ]);
    const launcher = `#!/bin/sh\nexec ${process.execPath} ${join(ROOT, "bench", "floor-plugin.ts")}\n`;
    return { "Pulumi.yaml": headOf("floor", ".") + each.join(""), "pulumi-resource-floor": launcher };
  },
} satisfies Record<string, (addresses: readonly string[]) => Record<string, string>>;

export type Shape = keyof typeof PROGRAMS;

/** What the real CLI needs to work in a folder, against a sandbox. */
async function cliEnvironment(folder: string, { environment }: BenchSandbox): Promise<NodeJS.ProcessEnv> {
  const cli = await pulumiCli({ root: ROOT, log: () => {} });
  return {
    ...process.env,
    ...environment,
    PATH: [cli.directory, join(ROOT, "node_modules", "@pulumi", "pulumi"), process.env["PATH"]].join(delimiter),
    ...pulumiEnvironment(join(folder, "home"), join(folder, "state")),
  };
}

/** A stack of one of the programs, in a folder of its own. */
export interface BenchStack extends Disposable {
  /** Runs a command that has to succeed. */
  pulumi(...args: string[]): Promise<Peaks>;
  gmailsync(...args: string[]): Promise<Peaks>;
  state(): StateSize;
}

export async function benchStack(
  shape: Shape,
  addresses: readonly string[],
  sandbox: BenchSandbox,
  environment: Readonly<Record<string, string>> = {},
  name = "bench",
): Promise<BenchStack> {
  const folder = mkdtempSync(join(tmpdir(), "gmailsync-bench-"));
  const env = { ...(await cliEnvironment(folder, sandbox)), ...environment };
  for (const [name, text] of Object.entries(PROGRAMS[shape](addresses)))
    writeFileSync(join(folder, name), text, { mode: 0o755 });
  const run = async (program: string, args: readonly string[], more = {}) => {
    const running = promisify(execFile)(program, args, { cwd: folder, env: { ...env, ...more }, maxBuffer: 1 << 28 });
    try {
      return await peaksOf(running.child.pid ?? 0, running);
    } catch (error) {
      const said = Reflect.get(Object(error), "stdout");
      throw new Error(`${program} ${args.join(" ")} has failed:\n${String(said).slice(-4000)}`);
    }
  };
  const pulumi = (...args: string[]) => run("pulumi", [...args, "--non-interactive"]);
  await pulumi("stack", "init", name);
  await pulumi("config", "set", "--secret", "googleClientSecret", SEED_CLIENT_SECRET);
  return {
    pulumi,
    gmailsync: (...args) => run(join(BIN, "gmailsync"), args, sandbox.withLogins),
    state: () => stateOf(folder, "bench", name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

interface StateSize {
  readonly bytes: number;
  readonly resources: number;
}

function stateOf(folder: string, project: string, stack: string): StateSize {
  const text = readFileSync(join(folder, "state", ".pulumi", "stacks", project, `${stack}.json`), "utf8");
  return { bytes: text.length, resources: JSON.parse(text).checkpoint.latest.resources.length };
}
