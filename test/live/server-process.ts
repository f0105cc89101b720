import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, readFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const startLimit = 15_000;
const stopLimit = 10_000;
const killLimit = 2_000;
const pollInterval = 25;
const logTailLength = 4_000;

export interface ServerProcess {
  /** Ends the server and all its children; returns when none is left. */
  stop(): Promise<void>;
}

/**
 * Starts a mail server in the foreground, in a process group of its own, and waits until it listens on all ports.
 * Should the test process die, a watchdog ends the server. (The kernel's parent-death signal would not reach Postfix:
 * it is lost when a process changes its user.)
 */
export async function startServer(server: {
  readonly program: string;
  readonly args: readonly string[];
  readonly ports: readonly number[];
  readonly logFile: string;
}): Promise<ServerProcess> {
  const log = await open(server.logFile, "a");
  const child = spawn(server.program, server.args, {
    detached: true,
    cwd: "/",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    stdio: ["ignore", log.fd, log.fd],
  });
  try {
    await once(child, "spawn");
  } finally {
    await log.close();
  }
  const group = child.pid;
  if (group === undefined) throw new Error(`${server.program} has no process id`);

  const dismissWatchdog = await watchOver(group);
  const groupEnded = (limit: number) => poll(limit, async () => (await processGroup(group)).length === 0);
  const stop = async () => {
    child.kill("SIGTERM");
    if (!(await groupEnded(stopLimit))) {
      process.kill(-group, "SIGKILL");
      if (!(await groupEnded(killLimit))) throw new Error(`${server.program} (process group ${group}) does not end`);
    }
    await dismissWatchdog();
  };

  const ended = () => child.exitCode !== null || child.signalCode !== null;
  for (const port of server.ports) {
    const listening = await poll(startLimit, async () => ended() || (await accepts(port)));
    if (listening && !ended()) continue;
    await stop();
    const tail = (await readFile(server.logFile, "utf8")).slice(-logTailLength);
    throw new Error(`${server.program} does not listen on port ${port}. Its log ends with:\n${tail}`);
  }
  return { stop };
}

/** Kills the process group as soon as this process is gone: the pipe that the watchdog reads from ends then. */
async function watchOver(group: number): Promise<() => Promise<void>> {
  const watchdog = spawn("/bin/sh", ["-c", 'read -r _; kill -s KILL -- "-$1"', "watchdog", String(group)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  await once(watchdog, "spawn");
  return async () => {
    const ended = once(watchdog, "close");
    watchdog.kill("SIGKILL");
    await ended;
  };
}

/** Ports that are free on loopback now; nothing keeps them free until the server takes them. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const bound = server.address();
    if (bound === null || typeof bound === "string") throw new Error("a listener without a port");
    return bound.port;
  });
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

async function poll(limit: number, condition: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + limit;
  while (!(await condition())) {
    if (performance.now() > end) return false;
    await delay(pollInterval);
  }
  return true;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const settle = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

/** Ids of the group's living processes. A zombie, which only its parent can remove, counts as ended. */
async function processGroup(group: number): Promise<number[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const members = await Promise.all(
    ids.map(async (id) => {
      // proc(5): "pid (name) state parent group …"; the name may hold blanks and parentheses.
      const stat = await readFile(`/proc/${id}/stat`, "utf8").catch(() => "");
      const [state, , processGroupId] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(processGroupId) === group && state !== "Z" ? [Number(id)] : [];
    }),
  );
  return members.flat();
}
