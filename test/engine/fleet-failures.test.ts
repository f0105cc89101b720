import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { FLEET, FLEET_SIZES, fleetEntries, fleetFile } from "../support/fleet.ts";
import { LONG } from "../support/long.ts";
import { administer, mailboxRow, testSandbox, writes } from "../support/sandbox.ts";
import { blocks, type CommandResult, TestStack } from "../support/stack.ts";

const WRONG_SECRET = "GOCSPX-aaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const CARL = "carl@northwind.example";
const MISSING_SIGN_IN = `nobody has signed in to Gmail for ${CARL}`;

/** Two clients, of which `south` has nothing at Google; the mailboxes of `north` and `south`. */
const twoClients = (north: string, south: string, more = "") =>
  fleetFile(`${pinned(north, "north")}${pinned(south, "south")}`).replace(
    "mailboxes:",
    `  south:
    projectId: northwind-mail
    clientId: 987654321098-nosuchclient.apps.googleusercontent.com
    clientSecret: {config: googleClientSecret}${more}
mailboxes:`,
  );
const pinned = (name: string, client: string) => `  - address: ${name}@northwind.example\n    client: ${client}\n`;

async function fleetStack(sandbox: Sandbox, text: string, program = FLEET): Promise<TestStack> {
  const stack = new TestStack(sandbox, {
    environment: { EMPTY_VARIABLE: " ", NO_SUCH_VARIABLE: undefined, WRONG_SECRET },
  });
  await stack.init(program);
  write(stack, text);
  return stack;
}

function write(stack: TestStack, text: string): void {
  writeFileSync(join(stack.directory, "mailboxes.yaml"), text);
}

/** Names of resources of a type that are in the state. */
async function named(stack: TestStack, type: string): Promise<string[]> {
  const urns = (await stack.resources()).map(({ urn }) => urn);
  return urns.flatMap((urn) => (urn.includes(`gmailsync:index:${type}::`) ? [urn.split("::").at(-1) ?? ""] : []));
}

function refused({ code, output }: CommandResult): void {
  expect(code, output).not.toBe(0);
  expect(output).not.toMatch(/Unhandled exception|node:internal|\n\s+at /);
}

test("secrets that cannot be had and another environment are told at once, before anything is registered", async () => {
  const sandbox = await testSandbox();
  const clients = {
    unset: "clientSecret: {env: NO_SUCH_VARIABLE}",
    again: "clientSecret: {env: NO_SUCH_VARIABLE}",
    empty: "clientSecret: {env: EMPTY_VARIABLE}",
    missing: "clientSecret: {file: no-such-file}",
    folder: "clientSecret: {config: googleClientSecret}\n    previousClientSecret: {file: folder}",
    large: "credentialsJson: {file: large}",
    config: "clientSecret: {config: notConfigured}",
  };
  const declared = Object.entries(clients).map(
    ([name, secret], index) =>
      `  ${name}:\n    projectId: northwind-mail\n    clientId: ${index + 1}-a.apps.googleusercontent.com\n    ${secret}\n`,
  );
  const text = `environmentUrl: https://fabrikam.crm.dynamics.com\nclients:\n${declared.join("")}mailboxes:\n${pinned("anna", "unset")}`;
  const stack = await fleetStack(sandbox, text);
  mkdirSync(join(stack.directory, "folder"));
  writeFileSync(join(stack.directory, "large"), "x".repeat(65 * 1024));
  const since = sandbox.requests.length;
  for (const result of [await stack.preview(), await stack.up(), await stack.up("--continue-on-error")]) {
    refused(result);
    for (const said of [
      "mailboxes.yaml:1:17: the fleet is meant for https://fabrikam.crm.dynamics.com, and the provider is configured for https://contoso.crm.dynamics.com",
      "mailboxes.yaml:6:19: clients.unset.clientSecret, clients.again.clientSecret: the environment variable NO_SUCH_VARIABLE is not set",
      "clients.empty.clientSecret: the environment variable EMPTY_VARIABLE is empty",
      "clients.missing.clientSecret: the file no-such-file does not exist",
      "clients.folder.previousClientSecret: the file folder is a folder",
      "clients.large.credentialsJson: the file large has 65 KiB; at most 64 KiB are read",
      "clients.config.clientSecret: the stack's configuration has no notConfigured",
    ])
      expect(result.output.split(said).length, said).toBe(2);
  }
  expect(await named(stack, "Fleet")).toEqual([]);
  expect(writes(sandbox, since)).toEqual([]);
});

test("a provider of its own decides which environment a fleet is for", async () => {
  const sandbox = await testSandbox();
  const own = `own:
  type: pulumi:providers:gmailsync
  properties:
    environmentUrl: https://CONTOSO.crm.dynamics.com:443/
${FLEET}
  options:
    provider: $\{own}`;
  const text = fleetFile(fleetEntries("anna"));
  const stack = new TestStack(sandbox, {
    environment: { GMAILSYNC_ENVIRONMENT_URL: "https://fabrikam.crm.dynamics.com" },
  });
  await stack.init(own);
  write(stack, text);
  const { code, output } = await stack.preview();
  expect(code, output).toBe(0);
  write(stack, text.replace("https://contoso.", "https://fabrikam."));
  const other = await stack.preview();
  refused(other);
  expect(other.output).toContain("meant for https://fabrikam.crm.dynamics.com");
});

test.runIf(LONG)("a write of a neighbour that is under way is finished and kept when a fleet is refused", async () => {
  const sandbox = await testSandbox();
  const row = mailboxRow(sandbox, "anna@northwind.example");
  const before = { ...row };
  sandbox.addFault({
    service: "dataverse",
    method: "PATCH",
    path: `mailboxes(${row["mailboxid"]})`,
    times: 1,
    effect: { delayMs: 6000 },
  });
  const program = [
    blocks.profile(),
    blocks.mailbox("anna"),
    blocks.mailbox("bert"),
    `${FLEET}\n  options:\n    dependsOn:\n      - $\{bert}`,
  ];
  const text = fleetFile(fleetEntries("dora")).replace("config: googleClientSecret", "env: NO_SUCH_VARIABLE");
  const stack = await fleetStack(sandbox, text, program.join("\n"));
  const failed = await stack.up();
  refused(failed);
  expect(failed.output).toContain("the environment variable NO_SUCH_VARIABLE is not set");
  expect(await named(stack, "Mailbox")).toContain("anna");
  expect(row["incomingemaildeliverymethod"]).toBe(2);
  expect((await stack.destroy()).code).toBe(0);
  for (const column of ["incomingemaildeliverymethod", "emailrouteraccessapproval", "_emailserverprofile_value"])
    expect(row[column], column).toEqual(before[column]);
});

describe.each(FLEET_SIZES)("with %i mailboxes of which one fails", (size) => {
  test("nothing but what depends on it is kept from going through under --continue-on-error", async () => {
    const sandbox = await testSandbox({ extraUsers: size - 2 });
    const users = Array.from({ length: size - 2 }, (_, index) => `user${String(index + 1).padStart(4, "0")}`);
    const names = ["carl", "anna", ...users];
    const internal = fleetFile(fleetEntries(...names), "\n    audience: internal");
    const strict = internal.replace("mailboxes:\n", "defaults: {activation: {tolerate: []}}\nmailboxes:\n");
    const stack = await fleetStack(sandbox, strict, `${FLEET}\n${blocks.profile()}\n${blocks.mailbox("dora")}`);
    const { code, output } = await stack.up("--continue-on-error");
    expect(code, output).not.toBe(0);
    expect(output).toContain(MISSING_SIGN_IN);
    expect(output).not.toMatch(/Fleet resource 'fleet' has a problem|failed to register/);
    expect(await named(stack, "Mailbox")).toHaveLength(names.length + 1);
    const { outputs } = (await stack.resource("fleet")) ?? {};
    const through = names.filter((name) => name !== "carl").map((name) => `${name}@northwind.example`);
    expect(outputs).toMatchObject({
      summary: { mailboxes: names.length, success: through.length, failed: 1, byCode: { NOT_SIGNED_IN: 1 } },
      mailboxes: { [CARL]: { status: "failure" } },
    });
    expect(output).toContain(`${through.length} success, 1 failed of ${names.length}`);
    expect(Object.keys(Object(outputs?.["mailboxes"]))).toHaveLength(names.length);
  }, 300_000);
});

test.runIf(LONG)(
  "without --continue-on-error a failed mailbox ends the run, and what is under way is kept",
  async () => {
    const sandbox = await testSandbox({ testDelayMs: 1500 });
    const strict = "  - address: carl@northwind.example\n    activation: {tolerate: []}\n";
    const stack = await fleetStack(sandbox, fleetFile(`${strict}${fleetEntries("anna", "bert")}`));
    const { code, output } = await stack.up();
    expect(code, output).not.toBe(0);
    expect(output).toContain(MISSING_SIGN_IN);
    expect((await named(stack, "Mailbox")).length).toBe(3);
    await administer(sandbox, "sign-in", CARL);
    const healed = await stack.up();
    expect(healed.code, healed.output).toBe(0);
  },
);

describe("a client that fails", () => {
  test.each([
    ["itself", "", "GoogleOAuthClient", "CLIENT_NOT_FOUND"],
    ["by its project", "\n    project: {parent: folders/1}", "GoogleProject", "unauthenticated"],
  ])(
    "%s when it is created, keeps its own mailboxes from being made and no others",
    async (_, more, failing, reason) => {
      const sandbox = await testSandbox();
      const stack = await fleetStack(sandbox, twoClients("anna", "bert", more));
      const { code, output } = await stack.up("--continue-on-error");
      expect(code, output).not.toBe(0);
      expect(output).toContain(`${failing} (fleet-south)`);
      expect(output).not.toMatch(/bert@northwind\.example|Fleet resource 'fleet' has a problem/);
      expect(await named(stack, "EmailServerProfile")).toEqual(["fleet-north"]);
      expect(await named(stack, "Mailbox")).toEqual(["anna@northwind.example"]);
      expect((await stack.resource("fleet"))?.outputs).toMatchObject({
        profiles: { north: expect.any(String) },
        summary: {
          mailboxes: 2,
          success: 1,
          failed: 1,
          byClient: { north: { success: 1 }, south: { failed: 1 } },
          byCode: { [reason]: 1 },
        },
      });
      expect(mailboxRow(sandbox, "bert@northwind.example")["_emailserverprofile_value"]).toBeFalsy();
    },
  );

  test.runIf(LONG)("when it is updated, leaves what depends on it as it is", async () => {
    const sandbox = await testSandbox();
    const stack = await fleetStack(sandbox, fleetFile(fleetEntries("anna", "bert")));
    expect((await stack.up()).code).toBe(0);
    const state = await stack.resources();
    const since = sandbox.requests.length;
    await stack.expect(["config", "set", "--secret", "googleClientSecret"], { input: WRONG_SECRET });
    const { code, output } = await stack.up("--continue-on-error");
    expect(code, output).not.toBe(0);
    expect(output).toContain("SECRET_WRONG");
    expect(output).not.toMatch(/deleting|deleted \(/);
    expect(writes(sandbox, since)).toEqual([]);
    expect((await stack.resources()).map(({ urn, id }) => ({ urn, id }))).toEqual(
      expect.arrayContaining(state.map(({ urn, id }) => ({ urn, id }))),
    );
    expect((await stack.resource("fleet"))?.outputs).toMatchObject({ profiles: {}, summary: { failed: 2 } });
  });
});

test("a fleet whose children all fail is told child by child", async () => {
  const sandbox = await testSandbox();
  const names = ["anna", "bert"];
  const users = names.map((name) => `${fleetEntries(name)}    processAndDeleteEmails: true\n`);
  const stack = await fleetStack(sandbox, fleetFile(users.join("")));
  const { code, output } = await stack.up("--continue-on-error");
  expect(code, output).not.toBe(0);
  for (const name of names) expect(output).toMatch(new RegExp(`Mailbox \\(${name}@northwind\\.example\\)`));
  expect(output).not.toContain("Fleet resource 'fleet' has a problem");
  expect((await stack.resource("fleet"))?.outputs).toMatchObject({
    mailboxes: {},
    summary: { mailboxes: 2, failed: 2, byCode: { "invalid-input": 2 } },
  });
});

test("one up of a fleet with people who are missing reaches everybody, counts them, and the gate is quiet until they come", async () => {
  const sandbox = await testSandbox({ extraUsers: 2 });
  const people = ["anna", "bert", "carl", "user0001", "user0002"].map((name) => `${name}@northwind.example`);
  const [, , carl = "", first = "", second = ""] = people;
  await administer(sandbox, "sign-out", first);
  await administer(sandbox, "set-account", second, { imap: "off-by-user" });
  const stack = await fleetStack(sandbox, fleetFile(fleetEntries("anna", "bert", "carl", "user0001", "user0002")));
  const up = () => stack.up("--continue-on-error");
  const failed = await up();
  expect(failed.code, failed.output).not.toBe(0);
  expect(failed.output).toContain("2 success, 2 waiting, 1 failed of 5");
  const outputs = async () => (await stack.resource("fleet"))?.outputs;
  expect(await outputs()).toMatchObject({
    summary: {
      mailboxes: 5,
      success: 2,
      waiting: 2,
      failed: 1,
      byClient: { north: { waiting: 2 } },
      byCode: { NOT_SIGNED_IN: 2 },
    },
    waiting: [carl, first].map((address) => ({
      address,
      codes: ["NOT_SIGNED_IN"],
      webUrl: expect.stringMatching(/^https:\/\/contoso\./),
    })),
  });

  await administer(sandbox, "set-account", second, { imap: "on" });
  const good = await up();
  expect(good.code, good.output).toBe(0);
  expect(good.output).toContain("3 success, 2 waiting of 5");
  const since = sandbox.requests.length;
  for (let command = 1; command <= 2; command++) {
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code, gate.output).toBe(0);
    expect(gate.output).toContain(`warning: ${carl} waits`);
  }
  await administer(sandbox, "sign-in", carl);
  const due = await stack.preview("--expect-no-changes");
  expect(due.code, due.output).not.toBe(0);
  expect(due.output).toMatch(/1 to update|~ 1/);
  expect(due.output).toContain("nothing is in the way of a test any more");
  expect(due.output).not.toContain("nobody has signed in to Gmail for carl");
  expect(writes(sandbox, since)).toEqual([]);
  const healed = await up();
  expect(healed.code, healed.output).toBe(0);
  expect(healed.output).toContain("4 success, 1 waiting of 5");
  expect(writes(sandbox, since)).toHaveLength(1);
  expect(await outputs()).toMatchObject({ summary: { success: 4, waiting: 1 }, waiting: [{ address: first }] });
});

test("a client under another name that fails leaves its mailboxes what they have, and its former profile", async () => {
  const sandbox = await testSandbox();
  const stack = await fleetStack(sandbox, fleetFile(fleetEntries("anna", "bert")));
  expect((await stack.up()).code).toBe(0);
  const had = mailboxRow(sandbox, "anna@northwind.example")["_emailserverprofile_value"];
  const renamed = fleetFile(fleetEntries("anna", "bert")).replace("  north:", "  nord:");
  write(stack, renamed.replace("{config: googleClientSecret}", "{env: WRONG_SECRET}"));
  const { code, output } = await stack.up("--continue-on-error");
  expect(code, output).not.toBe(0);
  expect(output).toMatch(/stays, as mailboxes still have it/);
  expect(mailboxRow(sandbox, "anna@northwind.example")["_emailserverprofile_value"]).toBe(had);

  write(stack, renamed);
  const mended = await stack.up("--continue-on-error");
  expect(mended.code, mended.output).toBe(0);
  expect(mailboxRow(sandbox, "anna@northwind.example")["_emailserverprofile_value"]).not.toBe(had);
  // Beside Exchange Online's.
  expect(sandbox.world.dataverse.rows["emailserverprofiles"]).toHaveLength(2);
});
