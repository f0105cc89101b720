import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { run } from "../../scripts/exec.ts";
import { withLock } from "../../scripts/lock.mjs";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-test-"));
  file = join(folder, "deep", "some.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockOf = (pid: number, host: string): string => JSON.stringify({ pid, host, id: "other" });

async function deadPid(): Promise<number> {
  return Number((await run(process.execPath, ["-p", "process.pid"])).stdout);
}

it("holds the file during the work, and removes it afterwards, failed or not", async () => {
  expect(await withLock(file, async () => existsSync(file))).toBe(true);
  expect(existsSync(file)).toBe(false);
  const failing = withLock(file, () => Promise.reject(new Error("no luck")));
  await expect(failing).rejects.toThrow("no luck");
  expect(existsSync(file)).toBe(false);
});

it("lets one process at a time do its work", async () => {
  const log = join(folder, "log");
  const script = `
    import { appendFileSync } from "node:fs";
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, "../../scripts/lock.mjs"))};
    await withLock(${JSON.stringify(file)}, async () => {
      appendFileSync(${JSON.stringify(log)}, "in\\n");
      await new Promise((resolve) => setTimeout(resolve, 100));
      appendFileSync(${JSON.stringify(log)}, "out\\n");
    });
  `;
  const processes = Array.from({ length: 4 }, () => run(process.execPath, ["--input-type=module", "-e", script]));
  for (const { code, stderr } of await Promise.all(processes))
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(readFileSync(log, "utf8")).toBe("in\nout\n".repeat(4));
});

it("takes over the lock of a process that died", async () => {
  await withLock(file, async () => {});
  writeFileSync(file, lockOf(await deadPid(), hostname()));
  expect(await withLock(file, async () => "done", { waitMs: 0 })).toBe("done");
  expect(readdirSync(join(folder, "deep"))).toEqual([]);
});

it("takes over a lock that was silent for more than a minute, whoever wrote it", async () => {
  await withLock(file, async () => {});
  for (const text of [lockOf(process.pid, hostname()), lockOf(1, "another-host"), ""]) {
    writeFileSync(file, text);
    const past = new Date(Date.now() - 61_000);
    utimesSync(file, past, past);
    expect(await withLock(file, async () => "done", { waitMs: 0 })).toBe("done");
  }
});

it("leaves a living lock alone, says whom it waits for, and gives up in the end", async () => {
  await withLock(file, async () => {});
  const held = lockOf(process.pid, hostname());
  writeFileSync(file, held);
  const waited: (number | string)[] = [];
  const waiting = withLock(file, async () => "done", { waitMs: 500, onWait: (holder) => waited.push(holder) });
  await expect(waiting).rejects.toThrow(`Waited 0.5 s for process ${process.pid}, which holds ${file}`);
  expect(waited).toEqual([process.pid]);
  expect(readFileSync(file, "utf8")).toBe(held);
});

it("goes on when the other one is done", async () => {
  const order: string[] = [];
  const waited = Promise.withResolvers<void>();
  const first = withLock(file, async () => {
    await waited.promise;
    order.push("first");
  });
  await withLock(file, async () => order.push("second"), { onWait: () => waited.resolve() });
  await first;
  expect(order).toEqual(["first", "second"]);
});

it("stops waiting when cancelled", async () => {
  await withLock(file, async () => {
    const cancel = new AbortController();
    const onWait = (): void => cancel.abort(new Error("cancelled by the test"));
    await expect(withLock(file, async () => {}, { signal: cancel.signal, onWait })).rejects.toThrow(
      "cancelled by the test",
    );
  });
});
