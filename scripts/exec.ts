import { spawn } from "node:child_process";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** The whole group of the command is ended after this many milliseconds. */
  readonly timeoutMs: number;
  /** Each line of either output, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  /** Exit code; 124 when time ran out, 130 when it was cancelled, 127 when it could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Most output that is kept, in characters; the rest is dropped from the front. */
const OUTPUT_LIMIT = 4_000_000;
const GRACE_MS = 5000;

/** Runs a command in a process group of its own and gathers its output. Never throws: what went wrong is in the result. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { cwd, env = process.env, signal, timeoutMs, onLine } = options;
  if (signal?.aborted) return { code: 130, stdout: "", stderr: "cancelled" };
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    let rest = "";
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] = (output[stream] + text).slice(-OUTPUT_LIMIT);
      if (!onLine) return;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    });
  }
  let ended: number | undefined;
  const kill = (code: number) => () => {
    ended = code;
    end(child.pid, "SIGTERM");
    setTimeout(() => end(child.pid, "SIGKILL"), GRACE_MS).unref();
  };
  const timer = setTimeout(kill(124), timeoutMs);
  const cancel = kill(130);
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    const code = await new Promise<number>((resolve) => {
      child.on("error", (error) => {
        output.stderr += error.message;
        resolve(127);
      });
      child.on("close", (exit) => resolve(exit ?? 1));
    });
    return { code: ended ?? code, ...output };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

function end(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
