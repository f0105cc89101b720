import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { pulumiEnvironment } from "../../scripts/workspace.ts";
import { refuseCrash } from "./crash.ts";
import { PLUGINS } from "./package.ts";
import { temporaryDirectory } from "./sandbox.ts";

export interface CommandResult {
  readonly code: number;
  /** Standard output and error together. */
  readonly output: string;
}

export interface StackOptions {
  /** Replace or, with undefined, take away settings of the environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

interface CommandOptions {
  readonly input?: string;
  readonly onOutput?: (text: string, interrupt: () => void) => void;
}

export interface StartedCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandResult>;
}

/** A Pulumi YAML project in a folder of its own, driven by the real CLI, with the state in that folder. */
export class TestStack {
  readonly directory = temporaryDirectory();
  readonly environment: NodeJS.ProcessEnv;

  constructor(sandbox: Sandbox, { environment = {} }: StackOptions = {}) {
    const state = join(this.directory, "state");
    this.environment = {
      ...process.env,
      ...sandbox.environment,
      ...pulumiEnvironment(join(this.directory, "home"), state),
      ...environment,
    };
  }

  /** Writes the program. `resources` is YAML, from the left margin. */
  program(resources: string): void {
    const indented = resources.trim().replaceAll(/^/gm, "  ");
    writeFileSync(
      join(this.directory, "Pulumi.yaml"),
      `name: test\nruntime: yaml\n${PLUGINS}config:\n  googleClientSecret:\n    type: string\n    secret: true\nresources:\n${indented}\n`,
    );
  }

  async init(resources: string, secret = SEED_CLIENT_SECRET): Promise<void> {
    this.program(resources);
    await this.expect(["stack", "init", "test"]);
    await this.expect(["config", "set", "--secret", "googleClientSecret"], { input: secret });
  }

  up(...args: string[]): Promise<CommandResult> {
    return this.run(["up", "--yes", "--skip-preview", ...args]);
  }

  preview(...args: string[]): Promise<CommandResult> {
    return this.run(["preview", ...args]);
  }

  destroy(): Promise<CommandResult> {
    return this.run(["destroy", "--yes", "--skip-preview"]);
  }

  /** Runs a command that has to succeed. */
  async expect(args: readonly string[], options: { input?: string } = {}): Promise<string> {
    const { code, output } = await this.run(args, options);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  /** Fails where the plugin has crashed, also when a failure is what is expected. */
  async run(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const result = await this.start(args, options).ended;
    refuseCrash(`pulumi ${args.join(" ")}`, result.output);
    return result;
  }

  /** Starts a command whose processes are going to be disturbed: what they tell of a crash is the caller's to judge. */
  start(args: readonly string[], options: CommandOptions = {}): StartedCommand {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color=never"], {
      cwd: this.directory,
      env: this.environment,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.end(options.input);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        options.onOutput?.(text, () => child.kill("SIGINT"));
      });
    }
    const ended = new Promise<CommandResult>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exit) => resolve({ code: exit ?? 1, output }));
    });
    return { child, ended };
  }

  /** Everything that was written to the folder of the state, as it stands there. */
  stateText(): string {
    return filesBelow(join(this.directory, "state"))
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
  }

  /** The resources of the state. */
  async resources(): Promise<readonly StateResource[]> {
    const { deployment } = JSON.parse(await this.expect(["stack", "export"]));
    return deployment.resources ?? [];
  }

  async resource(name: string): Promise<StateResource | undefined> {
    return (await this.resources()).find(({ urn }) => urn.endsWith(`::${name}`));
  }
}

export interface StateResource {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
}

export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** An expression of Pulumi YAML. */
const GMAIL_PROFILE = `$\{gmail.profileId}`;

/** Building blocks of programs. */
export const blocks = {
  google: `
google:
  type: gmailsync:GoogleOAuthClient
  properties:
    projectId: northwind-mail
    clientId: ${SEED_CLIENT_ID}
    clientSecret: \${googleClientSecret}`,

  profile: (more = "") => `
gmail:
  type: gmailsync:EmailServerProfile
  properties:
    name: Gmail
    oauthClientId: ${SEED_CLIENT_ID}
    oauthClientSecret: \${googleClientSecret}${lines(more)}`,

  mailbox: (name: string, more = "", profile = GMAIL_PROFILE) => `
${name}:
  type: gmailsync:Mailbox
  properties:
    emailAddress: ${name}@northwind.example
    profileId: ${profile}${lines(more)}`,

  activation: (name: string, more = "") => `
${name}Activation:
  type: gmailsync:MailboxActivation
  properties:
    mailboxId: \${${name}.mailboxId}
    profileId: \${${name}.profileId}${lines(more)}`,
};

function lines(more: string): string {
  return more && `\n${more.replaceAll(/^/gm, "    ")}`;
}
