import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";

export interface RunOptions {
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Ends the command and everything it started. */
  readonly signal?: AbortSignal | undefined;
  /** Longest run in milliseconds, default 10 minutes. */
  readonly timeoutMs?: number | undefined;
  /** Called with each whole line, without its end. */
  readonly onLine?: ((line: string, stream: "stdout" | "stderr") => void) | undefined;
  /** The command writes to the output of this process, and nothing is captured. */
  readonly inherit?: boolean | undefined;
}

export interface Finished {
  /**
   * Exit code, or what a shell would make of it: 124 when time ran out, 127 when the command did not start, 130 when it
   * was cancelled, 128 plus the signal's number when another signal ended it. For the first three, `stderr` ends with why.
   */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 10 * 60_000;
/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 5_000;
/** Between SIGKILL and closing the pipes, which a process outside of the group may still hold. */
const CLOSE_MS = 1_000;
/** Most characters kept of each stream; what is longer loses its beginning. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;

type Stopped = Pick<Finished, "code"> & { readonly why: string };

/**
 * Runs a command to its end, without standard input, in a process group of its own, so that its children end with it.
 * Never throws: what went wrong is in the result.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { signal, timeoutMs = TIMEOUT_MS, inherit = false, onLine } = options;
  const cancelled: Stopped = { code: 130, why: `\`${command}\` was cancelled` };
  if (signal?.aborted) return { code: cancelled.code, stdout: "", stderr: cancelled.why };
  const output = inherit ? "inherit" : "pipe";
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", output, output],
  });

  let stopped: Stopped | undefined;
  let force: NodeJS.Timeout | undefined;
  const stop = (by: Stopped): void => {
    if (stopped !== undefined) return;
    stopped = by;
    signalGroup(child, "SIGTERM");
    force = setTimeout(() => {
      signalGroup(child, "SIGKILL");
      force = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, CLOSE_MS);
    }, GRACE_MS);
  };
  const stdout = collect(child.stdout, (line) => onLine?.(line, "stdout"));
  const stderr = collect(child.stderr, (line) => onLine?.(line, "stderr"));

  const timedOut: Stopped = { code: 124, why: `\`${command}\` was stopped after ${timeoutMs / 1000} s` };
  const limit = setTimeout(() => stop(timedOut), timeoutMs);
  const cancel = (): void => stop(cancelled);
  signal?.addEventListener("abort", cancel, { once: true });
  const onExit = (): void => signalGroup(child, "SIGKILL");
  process.once("exit", onExit);
  const outlived = stopWithUs(cancel);
  try {
    const end = await ended(child);
    const { code, why } = stopped ?? end;
    return { code, stdout: stdout(), stderr: [stderr(), why].filter(Boolean).join("\n") };
  } finally {
    clearTimeout(limit);
    clearTimeout(force);
    signal?.removeEventListener("abort", cancel);
    process.off("exit", onExit);
    outlived();
  }
}

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const running = new Set<() => void>();
let endedBy: NodeJS.Signals | undefined;

/** A signal ends a program that does not listen to it, but not the commands in their own groups: they are stopped first. */
function stopWithUs(stop: () => void): () => void {
  if (running.size === 0) for (const name of ENDING) process.on(name, onEnding);
  running.add(stop);
  return () => {
    running.delete(stop);
    if (running.size > 0) return;
    for (const name of ENDING) process.off(name, onEnding);
    if (endedBy !== undefined) process.kill(process.pid, endedBy);
  };
}

function onEnding(name: NodeJS.Signals): void {
  if (process.listenerCount(name) > 1) return; // the program listens, and decides by itself
  endedBy = name;
  for (const stop of running) stop();
}

/** Reads a stream to text and lines; the answer gives the text so far. */
function collect(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): () => string {
  let text = "";
  let rest = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    text = (text + chunk).slice(-OUTPUT_LIMIT);
    const lines = (rest + chunk).split("\n");
    rest = (lines.pop() ?? "").slice(-OUTPUT_LIMIT);
    for (const line of lines) onLine(line.replace(/\r$/, ""));
  });
  stream?.on("end", () => {
    if (rest !== "") onLine(rest);
  });
  return () => text;
}

function ended(child: ChildProcess): Promise<{ readonly code: number; readonly why?: string }> {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 127, why: error.message }));
    child.on("close", (code, signal) =>
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) }),
    );
  });
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // Everything in the group has ended.
  }
}

/** The end of what a command wrote to stderr, on one line of at most 512 characters. */
export function lastWords(stderr: string): string {
  return stderr.trim().split("\n").slice(-4).join(" ").slice(-512) || "it said nothing";
}
