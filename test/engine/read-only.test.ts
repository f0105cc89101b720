import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { FLEET, fleetEntries, fleetFile } from "../support/fleet.ts";
import { tried } from "../support/long.ts";
import { changeRow, mailboxRow, testSandbox } from "../support/sandbox.ts";
import { blocks, type CommandResult, type StateResource, TestStack } from "../support/stack.ts";

const WHOLE = /lets nothing be written \(READ_ONLY\)/g;

/** Requests that are more than looks; a token is one. */
function changes(sandbox: Sandbox): string[] {
  return sandbox.requests
    .filter(({ service, method }) => service !== "entra" && method !== "GET")
    .map(({ method, path }) => `${method} ${path}`)
    .filter((request) => request !== "POST /token");
}

/** Notes of how things were before a write, which outlive a process; a look takes them back where the state has them. */
function notesOf(stack: TestStack): readonly string[] {
  const folder = join(stack.directory, "home", "gmailsync", "originals");
  if (!existsSync(folder)) return [];
  const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n"));
  return lines.filter((line) => line !== "" && JSON.parse(line).value !== null);
}

/** What the state holds of ours and what it calls pending; secrets are encrypted anew with every change. */
async function stateOf(stack: TestStack) {
  const text = await stack.expect(["stack", "export"]);
  const { deployment } = JSON.parse(text, (name, value) => (name === "ciphertext" ? "" : value));
  const { resources = [], pending_operations: pending = [] } = deployment;
  const ours = resources
    .filter(({ type, custom }: { type: string; custom: boolean }) => custom && type.startsWith("gmailsync:"))
    .map(({ urn, id, inputs, outputs }: StateResource) => ({ urn, id, inputs, outputs }))
    .toSorted((one: StateResource, other: StateResource) => one.urn.localeCompare(other.urn));
  return { ours, pending };
}

/** Failed, and told why in full once. */
function expectRefused({ code, output }: CommandResult): void {
  expect(code, output).not.toBe(0);
  const [, told = ""] = output.split("Diagnostics:");
  expect(told.match(WHOLE), output).toHaveLength(1);
  expect(told).toContain("GMAILSYNC_READ_ONLY");
}

const readOnly = (stack: TestStack, value: string | undefined) => {
  stack.environment["GMAILSYNC_READ_ONLY"] = value ?? "";
};

/** The first is tried in `npm test`. */
const PROGRAMS: readonly (readonly [string, string])[] = [
  ["a fleet", FLEET],
  [
    "single resources",
    [blocks.google, blocks.profile(), blocks.mailbox("anna"), blocks.mailbox("bert"), blocks.activation("anna")].join(
      "",
    ),
  ],
];

describe.each(tried(PROGRAMS))("with readOnly, %s", (_, program) => {
  test("can be previewed and refreshed; up and destroy fail before they begin, and the state stays as it was", async () => {
    const sandbox = await testSandbox();
    const stack = new TestStack(sandbox);
    writeFileSync(join(stack.directory, "mailboxes.yaml"), fleetFile(fleetEntries("anna", "bert")));
    await stack.init(program);

    readOnly(stack, "true");
    const first = await stack.preview();
    expect(first.code, first.output).toBe(0);
    expectRefused(await stack.up());
    expect(await stateOf(stack)).toEqual({ ours: [], pending: [] });
    expect(notesOf(stack)).toEqual([]);
    expect(changes(sandbox)).toEqual([]);

    readOnly(stack, undefined);
    const up = await stack.up();
    expect(up.code, up.output).toBe(0);
    const before = await stateOf(stack);
    const notes = notesOf(stack);
    const since = changes(sandbox);

    readOnly(stack, "true");
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code, gate.output).toBe(0);
    expectRefused(await stack.destroy());
    expect(await stateOf(stack)).toEqual(before);

    changeRow(sandbox, mailboxRow(sandbox, "bert@northwind.example"), { incomingemaildeliverymethod: 0 });
    const refresh = await stack.run(["refresh", "--yes", "--skip-preview"]);
    expect(refresh.code, refresh.output).toBe(0);
    const drifted = await stateOf(stack);
    expectRefused(await stack.up());
    expect(await stateOf(stack)).toEqual(drifted);
    expect(notesOf(stack)).toEqual(notes);
    expect(changes(sandbox)).toEqual(since);
  });
});

test("with readOnly in the stack's configuration, a mailbox is imported, and another one not brought up", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  await stack.init("{}");
  await stack.expect(["config", "set", "gmailsync:readOnly", "true"]);
  const args = ["gmailsync:index:Mailbox", "anna", "anna@northwind.example", "--yes", "--skip-preview"];
  const imported = await stack.run(["import", ...args]);
  expect(imported.code, imported.output).toBe(0);
  stack.program(blocks.profile());
  expectRefused(await stack.up());
  expect((await stateOf(stack)).ours.map(({ id }: { id: string }) => id)).toEqual([
    mailboxRow(sandbox, "anna@northwind.example")["mailboxid"],
  ]);
  expect(changes(sandbox)).toEqual([]);
});

test("readOnly in the stack's configuration holds for a destroy, too, and goes with it", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  await stack.init(blocks.profile());
  expect((await stack.up()).code).toBe(0);
  const since = changes(sandbox);
  await stack.expect(["config", "set", "gmailsync:readOnly", "true"]);
  expectRefused(await stack.destroy());
  // Nothing is to be done, but for the setting, which the state has from now on.
  expect((await stack.up()).code).toBe(0);
  await stack.expect(["config", "rm", "gmailsync:readOnly"]);
  const stored = await stack.destroy();
  expectRefused(stored);
  expect(stored.output).toContain("`pulumi destroy --run-program` takes those of now");
  expect(changes(sandbox)).toEqual(since);
  const { code, output } = await stack.run(["destroy", "--yes", "--skip-preview", "--run-program"]);
  expect(code, output).toBe(0);
  expect((await stateOf(stack)).ours).toEqual([]);
});
