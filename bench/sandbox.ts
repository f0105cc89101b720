import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Network } from "../provider/network/network.ts";
import type { RequestRecord } from "../sandbox/traffic.ts";

const COMMAND = join(import.meta.dirname, "..", "bin", "gmailsync");

/** A sandbox in a process of its own, so that it does not share the measured one's time; its Dynamics makes no rounds through mailboxes. */
export interface BenchSandbox extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  /** With the made-up key of the service account, by which mailboxes are logged in to. */
  readonly withLogins: Readonly<Record<string, string>>;
  readonly network: Network;
  /** A sub-command of `gmailsync sandbox`. */
  command(...args: string[]): void;
  /** What was asked for since it was started or reset, the last 20,000 at most. */
  requests(): readonly RequestRecord[];
}

export async function benchSandbox(...options: string[]): Promise<BenchSandbox> {
  const directory = mkdtempSync(join(tmpdir(), "gmailsync-bench-"));
  const child = spawn(COMMAND, ["sandbox", "start", "--directory", directory, ...options], { stdio: "ignore" });
  const environment = await environmentOf(directory, child);
  const network = new Network({}, { ...environment });
  const withLogins = JSON.parse(
    execFileSync(COMMAND, ["sandbox", "env", "--json", "--directory", directory], { encoding: "utf8" }),
  );
  const command = (...args: readonly string[]) => {
    execFileSync(COMMAND, ["sandbox", ...args, "--directory", directory], { stdio: ["ignore", "ignore", "inherit"] });
  };
  // They would be counted, as its tests are, and they begin five minutes after those.
  command("set", "behaviour", "dataverse", "pollIntervalSeconds=0");
  return {
    environment,
    withLogins,
    network,
    command,
    requests: () =>
      JSON.parse(
        execFileSync(COMMAND, ["sandbox", "show", "requests", "--json", "--directory", directory], {
          encoding: "utf8",
          maxBuffer: 1 << 28,
        }),
      ),
    async [Symbol.asyncDispose]() {
      await network.close();
      child.kill("SIGTERM");
      await new Promise((resolve) => child.once("close", resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function environmentOf(directory: string, child: ChildProcess): Promise<Record<string, string>> {
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt++) {
    const file = join(directory, "sandbox.json");
    const { environment } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    if (environment) return environment;
    await sleep(100);
  }
  throw new Error("the sandbox did not start");
}

/** Milliseconds that the work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
