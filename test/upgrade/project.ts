import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MAIL_SCOPE, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { BIN, programFolder } from "../support/package.ts";
import { TestProgram } from "../support/program.ts";
import { temporaryDirectory, writes } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";
import { TestStack } from "../support/stack.ts";
import { type Files, type Imports, PLUGIN, typeOf } from "./programs.ts";
import { SETTINGS } from "./recorded.ts";

export interface Answer {
  readonly ok: boolean;
  readonly output: string;
}

/** A program with its stack, whichever way it has to be run. */
export interface Project {
  readonly folder: string;
  /** Makes the stack, with the client secret in its configuration. */
  init(): Promise<void>;
  /** Makes the stack, and imports the state that lies in the folder. */
  take(): Promise<void>;
  /** Text of a state as `pulumi stack import` takes it. */
  export(): Promise<string>;
  /** `pulumi preview --expect-no-changes`. */
  gate(): Promise<Answer>;
  up(): Promise<Answer>;
  destroy(): Promise<Answer>;
}

/** Pulumi YAML has no other way to import than the command line. */
interface YamlProject extends Project {
  import(ids: Imports): Promise<void>;
}

/** A project in a folder of its own, in TypeScript or Pulumi YAML as its files say. */
export function openProject(files: Files, sandbox: Sandbox): Project {
  return "index.ts" in files ? openTypeScript(files, sandbox) : openYaml(files, sandbox);
}

/** Another program in the folder of the first, or the first again. */
export function putFiles(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text.replace(PLUGIN, BIN));
}

export function openYaml(files: Files, sandbox: Sandbox): YamlProject {
  const stack = new TestStack(sandbox, { environment: credentials(sandbox) });
  putFiles(stack.directory, files);
  const run = async (...args: string[]): Promise<Answer> => {
    const { code, output } = await stack.run(args);
    return { ok: code === 0, output };
  };
  const make = () => stack.expect(["stack", "init", "test"]);
  return {
    folder: stack.directory,
    async init() {
      await make();
      await stack.expect(["config", "set", "--secret", "googleClientSecret"], { input: SEED_CLIENT_SECRET });
    },
    async take() {
      await make();
      await stack.expect(["stack", "import", "--file", "state.json"]);
    },
    async import(ids) {
      const resources = [...ids].map(([name, id]) => ({ type: `gmailsync:index:${typeOf(name)}`, name, id }));
      writeFileSync(join(stack.directory, "import.json"), JSON.stringify({ resources }));
      const options = ["--protect=false", "--generate-code=false", "--yes", "--skip-preview"];
      await stack.expect(["import", "--file", "import.json", ...options]);
    },
    export: () => stack.expect(["stack", "export"]),
    gate: () => run("preview", "--expect-no-changes"),
    up: () => run("up", "--yes", "--skip-preview"),
    destroy: () => run("destroy", "--yes", "--skip-preview"),
  };
}

function openTypeScript(files: Files, sandbox: Sandbox): Project {
  const program = new TestProgram(programFolder(), sandbox, credentials(sandbox));
  putFiles(program.folder, files);
  const run = async (...args: Parameters<TestProgram["run"]>): Promise<Answer> => {
    const { ok, stdout } = await program.run(...args);
    return { ok, output: stdout };
  };
  const expect = async (...args: Parameters<TestProgram["run"]>) => {
    const result = await program.run(...args);
    if (!result.ok) throw new Error(`${args[0]} failed:\n${result.stdout}`);
    return result;
  };
  return {
    folder: program.folder,
    // The stack is made with the first command.
    async init() {
      await expect("export", `googleClientSecret=${SEED_CLIENT_SECRET}`);
    },
    async take() {
      await expect("import");
    },
    async export() {
      const { version, deployment } = await expect("export");
      return JSON.stringify({ version, deployment });
    },
    gate: () => run("gate"),
    up: () => run("up"),
    destroy: () => run("destroy"),
  };
}

/** A pipeline's Google credentials, with the mailboxes delegated to the same account. Its key is in no record. */
function credentials({ world }: Sandbox): NodeJS.ProcessEnv {
  const { email, publicKey, keyFile } = newServiceAccount("pipeline@northwind.iam.gserviceaccount.com");
  const delegatedScopes = [MAIL_SCOPE, "https://www.googleapis.com/auth/gmail.settings.basic"];
  world.google.serviceAccounts = [{ email, publicKey, delegatedScopes }];
  const file = join(temporaryDirectory(), "credentials.json");
  writeFileSync(file, keyFile);
  return {
    GOOGLE_APPLICATION_CREDENTIALS: file,
    GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify({ serviceAccountKey: keyFile }),
  };
}

/** What was changed at Dataverse, in Gmail's settings and in Google's projects since the given point of the record, sorted. */
export function changes(sandbox: Sandbox, since: number): string[] {
  const google = sandbox.requests
    .slice(since)
    .filter(({ service, method, path }) => service === "google" && method !== "GET" && /projects|settings/.test(path))
    .map(({ method, path, body }) => `${method} ${path} ${body}`);
  return [...writes(sandbox, since), ...google].toSorted();
}

/** The stack's settings, which the CLI keeps beside the program. */
export function settingsOf({ folder }: Project): string {
  return readFileSync(join(folder, SETTINGS), "utf8");
}
