/** `npm test`: the whole test suite with the real Pulumi CLI; arguments go to Vitest. Last line: `N passed, N failed`. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pulumiCli } from "./pulumi-cli.ts";

const root = join(import.meta.dirname, "..");
const report = join(root, ".gmailsync", "test-report.json");
const cli = await pulumiCli({ root, log: (line) => console.log(line) });
console.log(`Pulumi ${cli.version}: ${cli.command}`);

mkdirSync(join(root, ".gmailsync"), { recursive: true });
rmSync(report, { force: true });
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const child = spawn(
  process.execPath,
  [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile=${report}`, ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit", env: { ...process.env, PATH: [cli.directory, process.env["PATH"]].join(":") } },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
const code = await new Promise<number>((resolve) => child.on("close", (exit) => resolve(exit ?? 1)));
console.log(summary());
process.exitCode = code;

/** A file that did not even load has no tests to count, and counts as one failure. */
function summary(): string {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const unloaded = testResults.filter(
      (file: { status: string; assertionResults: unknown[] }) =>
        file.status === "failed" && file.assertionResults.length === 0,
    ).length;
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : "";
    return `${numPassedTests} passed, ${numFailedTests + unloaded} failed${skipped}`;
  } catch {
    return "0 passed, 1 failed";
  }
}
