import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../../scripts/exec.ts";

const node = process.execPath;

/** Starts a child that ignores SIGTERM and prints both process ids, then stays. */
const stubborn = `
  process.on("SIGTERM", () => {});
  const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  console.log(process.pid + " " + child.pid);
  setInterval(() => {}, 1000);
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it("answers exit code, output and lines", async () => {
  const lines: string[] = [];
  const script = `process.stdout.write("one\\ntwo\\r\\nend"); process.stderr.write("bad\\n"); process.exitCode = 3`;
  const finished = await run(node, ["-e", script], { onLine: (line, stream) => lines.push(`${stream}: ${line}`) });
  expect(finished).toEqual({ code: 3, stdout: "one\ntwo\r\nend", stderr: "bad\n" });
  expect(lines.sort()).toEqual(["stderr: bad", "stdout: end", "stdout: one", "stdout: two"]);
});

it("keeps a character whole that arrives in two pieces", async () => {
  const script = `
    const bytes = Buffer.from("é\\n");
    process.stdout.write(bytes.subarray(0, 1), () => setTimeout(() => process.stdout.write(bytes.subarray(1)), 50));
  `;
  expect((await run(node, ["-e", script])).stdout).toBe("é\n");
});

it("answers 128 plus the signal's number when a signal ended the command", async () => {
  expect((await run(node, ["-e", `process.kill(process.pid, "SIGKILL")`])).code).toBe(137);
});

it("answers 127 and why when the command does not start", async () => {
  const { code, stderr } = await run("/nowhere/command", []);
  expect({ code, stderr }).toEqual({ code: 127, stderr: "spawn /nowhere/command ENOENT" });
});

it("does not start when it was cancelled before", async () => {
  const finished = await run("/nowhere/command", [], { signal: AbortSignal.abort() });
  expect(finished).toEqual({ code: 130, stdout: "", stderr: "`/nowhere/command` was cancelled" });
});

it("ends the command and its children on cancel, also when they ignore SIGTERM", async () => {
  const cancel = new AbortController();
  let pids: number[] = [];
  const running = run(node, ["-e", stubborn], {
    signal: cancel.signal,
    onLine: (line) => {
      pids = line.split(" ").map(Number);
      cancel.abort();
    },
  });
  expect((await running).code).toBe(130);
  expect(pids).toHaveLength(2);
  // Init may need a moment to collect what was killed.
  await expect.poll(() => pids.filter(isAlive), { timeout: 5_000 }).toEqual([]);
});

it("takes its commands along when a signal ends a program that does not listen to it", async () => {
  const program = `
    import { run } from ${JSON.stringify(join(import.meta.dirname, "../../scripts/exec.ts"))};
    const stubborn = ${JSON.stringify(stubborn)};
    await run(process.execPath, ["-e", stubborn], { onLine: (line) => console.log(process.pid + " " + line) });
  `;
  let pids: number[] = [];
  const { code } = await run(node, ["--input-type=module", "-e", program], {
    onLine: (line) => {
      pids = line.split(" ").map(Number);
      if (pids[0] !== undefined) process.kill(pids[0], "SIGTERM");
    },
  });
  expect(code).toBe(128 + 15);
  expect(pids).toHaveLength(3);
  await expect.poll(() => pids.filter(isAlive), { timeout: 5_000 }).toEqual([]);
});

it("stops a command at its time limit, and keeps what it wrote", async () => {
  const script = `process.stderr.write("waiting"); setInterval(() => {}, 1000)`;
  const { code, stderr } = await run(node, ["-e", script], { timeoutMs: 1_000 });
  expect({ code, stderr }).toEqual({ code: 124, stderr: `waiting\n\`${node}\` was stopped after 1 s` });
});

it("keeps the end of an output that is too long", async () => {
  const script = `process.stdout.write("begin" + "x".repeat(5_000_000) + "end")`;
  const { code, stdout } = await run(node, ["-e", script]);
  expect(code).toBe(0);
  expect(stdout).toHaveLength(4 * 1024 * 1024);
  expect(stdout.endsWith("xend")).toBe(true);
});
