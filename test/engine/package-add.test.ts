import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gitServer } from "../support/git-server.ts";
import { LONG } from "../support/long.ts";
import { ROOT } from "../support/package.ts";
import { mailboxRow, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const REPOSITORY = "https://github.com/gmailsync/pulumi-gmailsync";
const INSTALL_MS = 600_000;

/** The project's file after `package add`; `way` is how that gets to the source. */
async function addedAndUsed(source: string, way: NodeJS.ProcessEnv = {}): Promise<string> {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  await stack.init([blocks.profile(), blocks.mailbox("anna")].join("\n"));
  const file = join(stack.directory, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^plugins:\n(?: .*\n)+/m, ""));
  const before = { ...stack.environment };
  Object.assign(stack.environment, way);
  await stack.expect(["package", "add", source]);
  for (const name of Object.keys(way)) stack.environment[name] = before[name];
  const up = await stack.up();
  expect(up.code, up.output).toBe(0);
  expect(mailboxRow(sandbox, "anna@northwind.example")["_emailserverprofile_value"]).toBeTruthy();
  const gate = await stack.preview("--expect-no-changes");
  expect(gate.code, gate.output).toBe(0);
  return readFileSync(file, "utf8");
}

test("pulumi package add of a clone lets a project use it that names no plugin", async () => {
  expect(await addedAndUsed(ROOT)).toMatch(/^packages:\n +gmailsync: /m);
});

/** npm installs all that a clone needs: with `npm run test:all`. */
test.runIf(LONG)(
  "pulumi package add of the repository's URL does so without a clone",
  { timeout: INSTALL_MS },
  async () => {
    // What leads the CLI to the server is not for npm.
    const registry = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" });
    const way = { ...(await gitServer(REPOSITORY)), npm_config_noproxy: new URL(registry).hostname };
    expect(await addedAndUsed(REPOSITORY, way)).toMatch(
      /^packages:\n +gmailsync: github\.com\/gmailsync\/pulumi-gmailsync@[0-9a-f]{40}$/m,
    );
  },
);
