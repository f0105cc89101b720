import { execFileSync } from "node:child_process";
import { vi } from "vitest";

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function all(): Process[] {
  const listed = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed.split("\n").flatMap((line) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** A process and everything that it has started, itself first. */
export function treeOf(pid: number): Process[] {
  const processes = all();
  const tree = processes.filter((one) => one.pid === pid);
  for (const { pid: parent } of tree) tree.push(...processes.filter((one) => one.parent === parent));
  return tree;
}

export const isPlugin = ({ command }: Process) => command.includes("plugin/main");

/** Those that still run; a number that another program has got since is none of them. */
export function alive(processes: readonly Process[]): Process[] {
  const running = new Map(all().map(({ pid, command }) => [pid, command]));
  return processes.filter(({ pid, command }) => running.get(pid) === command);
}

/** Ends them at once, as far as they are still there, and waits until they are gone. */
export async function kill(processes: readonly Process[]): Promise<void> {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  await vi.waitUntil(() => alive(processes).length === 0, { timeout: 10_000, interval: 20 });
}
