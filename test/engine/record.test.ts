import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { mailboxRow, testSandbox, writes } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

test("what a stack does from up to destroy is in the record: each write and each test, in which organization, and no secret", async () => {
  const sandbox = await testSandbox();
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const stack = new TestStack(sandbox, {
    environment: { GMAILSYNC_RECORD: "record.jsonl", CI_COMMIT_SHA: commit, GITHUB_SHA: undefined },
  });
  const program = (more: string) =>
    [blocks.google, blocks.profile(), blocks.mailbox("anna", more), blocks.activation("anna")].join("");
  await stack.init(program(""));
  const up = await stack.up();
  expect(up.code, up.output).toBe(0);
  stack.program(program("outgoingEmailDeliveryMethod: none"));
  const update = await stack.up();
  expect(update.code, update.output).toBe(0);
  const destroy = await stack.destroy();
  expect(destroy.code, destroy.output).toBe(0);

  // Named as the project's folder has it, where the engine starts the plugin.
  const text = readFileSync(join(stack.directory, "record.jsonl"), "utf8");
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const row = `mailboxes(${mailboxRow(sandbox, "anna@northwind.example")["mailboxid"]})`;
  const urnOf = (type: string, name: string) => `urn:pulumi:test::test::gmailsync:index:${type}::${name}`;
  const done = lines.map(({ method, test: tested, why, urn }) => [why, urn, method ?? `test: ${tested}`]);
  expect(done).toEqual([
    ["create", urnOf("EmailServerProfile", "gmail"), "POST"],
    ["create", urnOf("Mailbox", "anna"), "PATCH"],
    ["create", urnOf("MailboxActivation", "annaActivation"), "PATCH"],
    ["create", urnOf("MailboxActivation", "annaActivation"), "test: success"],
    ["update", urnOf("Mailbox", "anna"), "PATCH"],
    ["update", urnOf("MailboxActivation", "annaActivation"), "PATCH"],
    ["update", urnOf("MailboxActivation", "annaActivation"), "test: success"],
    ["delete", urnOf("Mailbox", "anna"), "PATCH"],
    ["delete", urnOf("EmailServerProfile", "gmail"), "DELETE"],
  ]);
  expect(lines.filter(({ method }) => method)).toHaveLength(writes(sandbox).length);
  expect(lines.filter((line) => line.row === row)).toHaveLength(7);
  const [organization] = sandbox.world.dataverse.rows["organizations"] ?? [];
  for (const line of lines)
    expect(line).toMatchObject({
      organization: "contoso.crm.dynamics.com",
      organizationId: organization?.["organizationid"],
      commit,
    });
  for (const secret of [SEED_CLIENT_SECRET, sandbox.environment["AZURE_CLIENT_SECRET"] ?? SEED_CLIENT_SECRET])
    expect(text).not.toContain(secret);
});
