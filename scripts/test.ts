/** `npm test [-- VITEST ARGUMENT...]`: finds or makes the Pulumi CLI, runs the tests, and ends with `N passed, N failed`. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { writeProcesses } from "./build/bundles.ts";
import { run } from "./exec.ts";
import { pulumiCli } from "./pulumi-cli.ts";
import { testSummary } from "./test-summary.ts";
import { demoEnvironment } from "./workspace.ts";

/** All of chaos takes about an hour. */
const TESTS_MS = (process.env["GMAILSYNC_LONG"] ? 120 : 30) * 60_000;

const root = join(import.meta.dirname, "..");
const report = join(root, ".gmailsync", "test-report.json");
/** Of this run alone: another one may have other sources. */
const built = join(root, ".gmailsync", `built-${process.pid}`);
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    process.exitCode = 128 + constants.signals[name];
    stop.abort(new Error("Stopped."));
  });
}

try {
  const cli = await pulumiCli({ root, log: (line) => console.log(line), signal: stop.signal });
  console.log(`Pulumi ${cli.version}: ${cli.command}`);
  rmSync(report, { force: true });
  const bin = await writeProcesses(root, built);
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { code } = await run(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)], {
    cwd: root,
    env: {
      ...process.env,
      ...demoEnvironment(root),
      GMAILSYNC_TEST_BIN: bin,
      PATH: [cli.directory, process.env["PATH"]].join(delimiter),
    },
    signal: stop.signal,
    timeoutMs: TESTS_MS,
    inherit: true,
  });
  stop.signal.throwIfAborted();
  console.log(`\n${testSummary(existsSync(report) ? readFileSync(report, "utf8") : undefined, code)}`);
  process.exitCode = code;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode ??= 1;
} finally {
  rmSync(built, { recursive: true, force: true });
}
