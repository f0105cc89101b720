import { execFile } from "node:child_process";
import { join } from "node:path";
import { BIN } from "./package.ts";
import type { CommandResult, TestStack } from "./stack.ts";

export const COMMAND = join(BIN, "gmailsync");

export interface Ended {
  /** 1 where a signal has ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `gmailsync` to its end; `environment` beside this process's own, `input` on standard input. */
export function gmailsync(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd?: string,
  input?: Buffer,
): Promise<Ended> {
  const options = { env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024, ...(cwd && { cwd }) };
  return new Promise((resolve) => {
    const child = execFile(COMMAND, args, options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, stdout, stderr }),
    );
    if (input) child.stdin?.end(input);
  });
}

/** `gmailsync originals` where a stack is, with its settings. */
export async function originalsOf({ environment, directory }: TestStack, ...args: string[]): Promise<CommandResult> {
  const { code, stdout, stderr } = await gmailsync(["originals", ...args], environment, directory);
  return { code, output: `${stdout}${stderr}` };
}
