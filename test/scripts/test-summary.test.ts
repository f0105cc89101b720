import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { run } from "../../scripts/exec.ts";
import { testSummary } from "../../scripts/test-summary.ts";

const root = join(import.meta.dirname, "../..");
const vitest = join(root, "node_modules/vitest/vitest.mjs");

let folder: string;

// Inside the clone, because the test files written here import vitest.
beforeEach(() => {
  mkdirSync(join(root, ".gmailsync"), { recursive: true });
  folder = mkdtempSync(join(root, ".gmailsync/summary-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs Vitest on these files, and sums its report up. */
async function summaryOf(files: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { beforeAll, expect, it } from "vitest";\n${text}`);
  }
  const report = join(folder, "report.json");
  const args = [
    vitest,
    "run",
    "--root",
    folder,
    "--config",
    "none.config.js",
    "--reporter=json",
    `--outputFile=${report}`,
  ];
  writeFileSync(join(folder, "none.config.js"), "export default {}");
  const { code } = await run(process.execPath, args, { cwd: folder, timeoutMs: 60_000 });
  return testSummary(readFileSync(report, "utf8"), code);
}

const passing = `it("passes", () => expect(1).toBe(1));`;
const failing = `it("fails", () => expect(1).toBe(2));`;

it("counts passed and failed tests", async () => {
  expect(await summaryOf({ "a.test.ts": passing + failing, "b.test.ts": passing })).toBe("2 passed, 1 failed");
});

it("mentions skipped tests only when there are any", async () => {
  const skipped = `it.skip("skipped", () => {}); it.todo("to do");`;
  expect(await summaryOf({ "a.test.ts": passing + skipped })).toBe("1 passed, 0 failed, 2 skipped");
});

it("counts a file that does not load as failed", async () => {
  const broken = `throw new Error("does not load");`;
  expect(await summaryOf({ "a.test.ts": passing, "b.test.ts": broken })).toBe("1 passed, 1 failed");
});

it("counts a file whose hook fails as failed", async () => {
  const hook = `beforeAll(() => { throw new Error("no"); });`;
  expect(await summaryOf({ "a.test.ts": passing, "b.test.ts": hook + passing })).toMatch(/^1 passed, 1 failed/);
});

it("counts an error outside of the tests as failed", async () => {
  const stray = `it("passes", () => { setTimeout(() => { throw new Error("stray"); }); return new Promise((end) => setTimeout(end, 50)); });`;
  expect(await summaryOf({ "a.test.ts": stray })).toBe("1 passed, 1 failed");
});

it("does not call a run without a test, or without a readable report, a success", async () => {
  expect(await summaryOf({})).toBe("0 passed, 1 failed");
  expect(testSummary(undefined, 1)).toBe("0 passed, 1 failed");
  expect(testSummary("{", 0)).toBe("0 passed, 1 failed");
});
