import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/package.ts";
import { mailboxRow, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

test("pulumi package add of a clone lets a project use it that names no plugin", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  await stack.init([blocks.profile(), blocks.mailbox("anna")].join("\n"));
  const file = join(stack.directory, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^plugins:\n(?: .*\n)+/m, ""));
  await stack.expect(["package", "add", ROOT]);
  expect(readFileSync(file, "utf8")).toMatch(/^packages:\n +gmailsync: /m);
  const up = await stack.up();
  expect(up.code, up.output).toBe(0);
  expect(mailboxRow(sandbox, "anna@northwind.example")["_emailserverprofile_value"]).toBeTruthy();
  const gate = await stack.preview("--expect-no-changes");
  expect(gate.code, gate.output).toBe(0);
});
