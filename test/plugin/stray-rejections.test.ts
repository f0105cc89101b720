import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { StrayRejections } from "../../provider/plugin/stray-rejections.ts";

const run = promisify(execFile);
const never = () => new Promise<never>(() => {});

test("work that would wait for ever ends with the rejection that nobody awaited, which is told there only", async () => {
  const told: unknown[] = [];
  const strays = new StrayRejections((error) => told.push(error));
  const error = new Error("lost");
  const work = strays.orStray(never);
  strays.caught(error);
  await expect(work).rejects.toBe(error);
  strays.caught(error);
  expect(told).toEqual([]);
});

test("an error that rejects several promises is told once, and each error is told", () => {
  const told: unknown[] = [];
  const strays = new StrayRejections((error) => told.push(error));
  const [first, second] = [new Error("first"), new Error("second")];
  for (const error of [first, second, first]) strays.caught(error);
  expect(told).toEqual([first, second]);
});

test("the end of a deployment, which the engine tells by itself, is no defect", () => {
  const told: unknown[] = [];
  const strays = new StrayRejections((error) => told.push(error));
  for (const code of [1, 14]) strays.caught(Object.assign(new Error("Resource monitor is terminating"), { code }));
  expect(told).toEqual([]);
});

test("a process with this net outlives a rejection after the work has ended", async () => {
  const module = join(import.meta.dirname, "../../provider/plugin/stray-rejections.ts");
  const program = `
    import { StrayRejections } from ${JSON.stringify(module)};
    const strays = new StrayRejections((error) => console.log("told", error.message));
    process.on("unhandledRejection", strays.caught);
    await strays.orStray(async () => "done");
    void Promise.reject(new Error("late"));
    setTimeout(() => console.log("alive"), 10);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program]);
  expect(stdout).toBe("told late\nalive\n");
});
