import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { fleetEntries as entries, FLEET, fleetFile as file } from "../support/fleet.ts";
import { LONG } from "../support/long.ts";
import { administer, mailboxRow, mailboxSettings, testSandbox, writes } from "../support/sandbox.ts";
import { blocks, type CommandResult, TestStack } from "../support/stack.ts";

const QUEUE = "  - address: double@northwind.example\n    kind: queue\n";
const USER = "  - address: double@northwind.example\n    kind: user\n";

async function fleetOf(mailboxes: string) {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  const write = (text: string) => writeFileSync(join(stack.directory, "mailboxes.yaml"), file(text));
  write(mailboxes);
  await stack.init(FLEET);
  good(await stack.up());
  return { sandbox, stack, write };
}

/** Anna gets another address, in Dynamics and at Google. */
async function marry(sandbox: Sandbox): Promise<void> {
  await administer(sandbox, "rename-user", "anna@northwind.example", { to: "anna.berg@northwind.example" });
  await administer(sandbox, "rename-account", "anna@northwind.example", { to: "anna.berg@northwind.example" });
}

function good({ code, output }: CommandResult): string {
  expect(code, output).toBe(0);
  return output;
}

const tests = (written: readonly string[]) =>
  written.filter((line) => line.includes("testemailconfigurationscheduled"));

test("who is renamed keeps the mailbox: with `was` by an update, without it by what is said in the preview", async () => {
  const { sandbox, stack, write } = await fleetOf(entries("anna", "bert"));
  const id = mailboxRow(sandbox, "anna@northwind.example")["mailboxid"];
  await marry(sandbox);
  const married = "  - address: anna.berg@northwind.example\n";

  write(`${married}${entries("bert")}`);
  expect(good(await stack.preview())).toContain(
    "Mailbox anna.berg@northwind.example is held by Mailbox anna@northwind.example in this stack's state; it is taken over if that one is no longer declared, and tested anew; with `was: anna@northwind.example` at its entry it stays the same one of the fleet.",
  );

  write(`${married}    was: anna@northwind.example\n${entries("bert")}`);
  const since = sandbox.requests.length;
  expect(good(await stack.up())).not.toMatch(/created|deleted|replaced/);
  // Dynamics takes back what it had tested when an address changes; the one of the neighbour stands.
  expect(tests(writes(sandbox, since)).every((line) => line.includes(String(id)))).toBe(true);
  expect(writes(sandbox, since).join("\n")).not.toContain('"emailserverprofile');
  expect((await stack.resource("anna.berg@northwind.example"))?.id).toBe(id);
  good(await stack.preview("--expect-no-changes"));

  write(`${married}${entries("bert")}`);
  good(await stack.preview("--expect-no-changes"));
  good(await stack.destroy());
  expect(mailboxRow(sandbox, "anna.berg@northwind.example")["_emailserverprofile_value"]).toBeFalsy();
});

test("who is renamed and nobody says so stays connected", async () => {
  const { sandbox, stack, write } = await fleetOf(entries("anna", "bert"));
  await marry(sandbox);
  const before = mailboxSettings(mailboxRow(sandbox, "anna.berg@northwind.example"));
  write(entries("anna.berg", "bert"));
  good(await stack.up());
  const row = mailboxRow(sandbox, "anna.berg@northwind.example");
  expect(mailboxSettings(row)).toEqual({ ...before, emailrouteraccessapproval: 1 });
  expect(row).toMatchObject({ incomingemailstatus: 1, outgoingemailstatus: 1 });
  good(await stack.preview("--expect-no-changes"));
});

test.runIf(LONG)("the old address of who is renamed may be given to somebody new in the same go", async () => {
  const { sandbox, stack, write } = await fleetOf(entries("anna", "bert"));
  const id = mailboxRow(sandbox, "anna@northwind.example")["mailboxid"];
  await marry(sandbox);
  await administer(sandbox, "add-user", "anna@northwind.example", { name: "Anna Neu" });
  await administer(sandbox, "sign-in", "anna@northwind.example").catch(() => {});
  write(`  - address: anna.berg@northwind.example\n    was: anna@northwind.example\n${entries("anna", "bert")}`);
  good(await stack.up());
  expect((await stack.resource("anna.berg@northwind.example"))?.id).toBe(id);
  expect(mailboxRow(sandbox, "anna.berg@northwind.example")).toMatchObject({ incomingemailstatus: 1 });
  expect(mailboxRow(sandbox, "anna@northwind.example")).toMatchObject({ emailrouteraccessapproval: 1 });
  good(await stack.preview("--expect-no-changes"));
});

test("a user comes to a queue with the same address, and the queue stays what it was", async () => {
  const { sandbox, stack, write } = await fleetOf(QUEUE);
  expect((await stack.resource("fleet"))?.outputs).toMatchObject({
    mailboxes: { "double@northwind.example": { kind: "queue" } },
  });
  const since = sandbox.requests.length;
  write(`${QUEUE}${USER}`);
  const output = good(await stack.up());
  expect(output).not.toMatch(/deleted|replaced|updated/);
  const queue = (await stack.resource("double@northwind.example/queue"))?.id;
  expect(writes(sandbox, since).join("\n")).not.toContain(String(queue));
  expect((await stack.resource("fleet"))?.outputs).toMatchObject({
    mailboxes: { "double@northwind.example": { kind: "user" }, "double@northwind.example/queue": { kind: "queue" } },
  });
  good(await stack.preview("--expect-no-changes"));
  write(QUEUE);
  good(await stack.up());
  good(await stack.preview("--expect-no-changes"));
});

test.runIf(LONG)("what a queue was called when no kind had to be said is known when a user comes", async () => {
  const { sandbox, stack, write } = await fleetOf(entries("support"));
  const id = (await stack.resource("support@northwind.example"))?.id;
  const queue = "  - address: support@northwind.example\n    kind: queue\n";
  write(queue);
  const output = good(await stack.up());
  expect(output).not.toMatch(/created|deleted|replaced/);
  expect((await stack.resource("support@northwind.example/queue"))?.id).toBe(id);

  write(entries("support"));
  expect(good(await stack.up())).toContain("support");
  await administer(sandbox, "add-user", "support@northwind.example", { name: "Support", account: "false" });
  write(`${queue}${queue.replace("queue", "user")}    activate: false\n`);
  good(await stack.up());
  expect((await stack.resource("support@northwind.example/queue"))?.id).toBe(id);
  const rows = sandbox.world.dataverse.rows["mailboxes"]?.filter((row) => row["mailboxid"] === id);
  expect(rows).toEqual([expect.objectContaining({ incomingemailstatus: 1, incomingemaildeliverymethod: 2 })]);
  good(await stack.preview("--expect-no-changes"));
});

test("single resources whose names are addresses come into a fleet by them, and no mailbox is changed", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  const client = blocks.profile().replace(/oauthClientId: .*/, `oauthClientId: $\{google.clientId}`);
  const name = "anna@northwind.example";
  await stack.init([blocks.google, client, blocks.mailbox("anna").replace("anna:", `${name}:`)].join("\n"));
  good(await stack.up());
  const since = sandbox.requests.length;
  writeFileSync(
    join(stack.directory, "mailboxes.yaml"),
    file(
      `  - address: ${name}\n    activate: false\n    aliases: {mailbox: ${name}}\n`,
      "\n    aliases: {client: google, profile: gmail}",
    ),
  );
  stack.program(FLEET);
  expect(good(await stack.up())).not.toMatch(/deleted|replaced|updated/);
  expect(writes(sandbox, since)).toEqual([]);
  good(await stack.preview("--expect-no-changes"));
});

const MOVED = "\n    aliases: {client: fleet-north, profile: fleet-north}";

test.runIf(LONG)("a fleet comes into another one with its mailboxes, and no mailbox is changed", async () => {
  const { sandbox, stack } = await fleetOf(entries("anna", "bert"));
  const since = sandbox.requests.length;
  stack.program(FLEET.replace("fleet:", "mail:"));
  writeFileSync(join(stack.directory, "mailboxes.yaml"), file(entries("anna", "bert"), MOVED));
  const output = good(await stack.up());
  expect(output).not.toMatch(
    /(Mailbox|MailboxActivation|EmailServerProfile|GoogleOAuthClient) .*(created|deleted|updated)/,
  );
  expect(writes(sandbox, since)).toEqual([]);
  good(await stack.preview("--expect-no-changes"));
});

test.runIf(LONG)("a fleet that moves to another stack with its state goes on there unchanged", async () => {
  const { sandbox, stack } = await fleetOf(entries("anna", "bert"));
  const since = sandbox.requests.length;
  const urns = (await stack.resources()).map(({ urn }) => urn).filter((urn) => urn.endsWith("Fleet::fleet"));
  await stack.expect(["stack", "init", "second"]);
  await stack.expect(["config", "set", "--secret", "googleClientSecret"], { input: SEED_CLIENT_SECRET });
  await stack.expect(["state", "move", "--yes", "--source", "test", "--dest", "second", ...urns]);
  const output = good(await stack.up("--stack", "second"));
  expect(output).not.toMatch(/created|deleted|updated|replaced/);
  expect(writes(sandbox, since)).toEqual([]);
});
