import { execFile } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { findOnPath } from "../../scripts/pulumi-executables.ts";
import { pulumiEnvironment } from "../../scripts/workspace.ts";
import { refuseCrash } from "./crash.ts";
import { PLUGINS, ROOT } from "./package.ts";
import type { Command } from "./run-program.ts";
import { temporaryDirectory } from "./sandbox.ts";

export interface ProgramResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly changes?: Readonly<Record<string, number>>;
  /** Of the export's format. */
  readonly version?: number;
  readonly deployment?: {
    readonly resources: readonly {
      readonly urn: string;
      readonly type: string;
      readonly id: string;
      readonly inputs?: Readonly<Record<string, unknown>>;
      readonly outputs?: Readonly<Record<string, unknown>>;
      readonly dependencies?: readonly string[];
    }[];
  };
}

function sdkOf(folder: string): string {
  return createRequire(join(folder, "program.js")).resolve("@pulumi/pulumi/package.json");
}

/** A folder with a TypeScript program that has the plugin of this clone. */
export function folderWith(program: string): string {
  const folder = temporaryDirectory();
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "Pulumi.yaml"), `name: test\nruntime: nodejs\nmain: index.ts\n${PLUGINS}`);
  writeFileSync(join(folder, "index.ts"), program);
  return folder;
}

/** The classes and functions of this clone, as a program imports them. */
export const SDK = JSON.stringify(join(ROOT, "provider/sdk/index.ts"));

/** A TypeScript program in a folder, brought up by the Automation API and the real CLI, with a state of its own. */
export class TestProgram {
  readonly folder: string;
  readonly state: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #node: string;

  /** `environment` replaces settings or, with undefined, takes them away. The first Node.js of a PATH in it runs the program. */
  constructor(folder: string, sandbox: Sandbox, environment: Readonly<Record<string, string | undefined>> = {}) {
    this.folder = folder;
    this.state = join(temporaryDirectory(), "state");
    this.#node = findOnPath("node", environment["PATH"] ?? "") ?? process.execPath;
    this.#environment = {
      ...process.env,
      ...sandbox.environment,
      ...pulumiEnvironment(join(this.state, "..", "home"), this.state),
      ...environment,
      // The launcher of dynamic providers lies at the root of the SDK.
      PATH: [dirname(sdkOf(folder)), environment["PATH"] ?? process.env["PATH"]].join(delimiter),
    };
  }

  /**
   * `config` are secrets, `name=value`. `gate` is a preview that must find no changes; `import` takes the folder's
   * `state.json` over. Fails where the plugin or the program has crashed.
   */
  run(command: Command, ...config: string[]): Promise<ProgramResult> {
    const driver = join(ROOT, "test", "support", "run-program.ts");
    const options = { env: this.#environment, maxBuffer: 64 * 1024 * 1024 };
    return new Promise((resolve, reject) => {
      execFile(this.#node, [driver, this.folder, command, ...config], options, (_, stdout, stderr) => {
        try {
          refuseCrash(command, `${stdout}${stderr}`);
          resolve(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
        } catch (error) {
          reject(new Error(`${command} did not end as it should:\n${stdout}${stderr}`, { cause: error }));
        }
      });
    });
  }
}
