import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { run } from "./exec.ts";

export interface Executables {
  readonly command: string;
  readonly directory: string;
}

/** What each way of making the executables is given; it answers with the reason when it could not. */
export interface MakeOptions {
  /** Folder of the clone. */
  readonly root: string;
  /** Folder whose `bin/` holds the executables in the end. */
  readonly into: string;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** `pulumi` in this folder, when `pulumi-language-yaml` is beside it. */
export function executables(directory: string): Executables | undefined {
  const command = join(directory, "pulumi");
  const complete = isExecutable(command) && isExecutable(join(directory, "pulumi-language-yaml"));
  return complete ? { command, directory } : undefined;
}

/** The first `pulumi` on PATH, when `pulumi-language-yaml` is beside it or on PATH too; else what is missing. */
export function onPath(path: string): Executables | { readonly missing: string } {
  const command = findOnPath("pulumi", path);
  if (command === undefined) return { missing: "no pulumi on PATH" };
  const directory = resolve(command, "..");
  if (executables(directory) === undefined && findOnPath("pulumi-language-yaml", path) === undefined) {
    return { missing: `${command} has no pulumi-language-yaml beside it or on PATH` };
  }
  return { command, directory };
}

export function findOnPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((directory) => directory !== "")
    .map((directory) => resolve(directory, name))
    .find(isExecutable);
}

/** What `pulumi version` prints, without the `v` and without what a development build appends. */
export async function readVersion(
  command: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { stdout } = await run(command, ["version"], { env, signal, timeoutMs: 30_000 });
  signal?.throwIfAborted();
  return /^v?(\d+\.\d+\.\d+)/.exec(stdout.trim())?.[1];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
