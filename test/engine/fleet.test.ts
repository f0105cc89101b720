import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { fleetEntries as entries, FLEET, fleetFile as file } from "../support/fleet.ts";
import { LONG } from "../support/long.ts";
import { changeRow, mailboxRow, mailboxSettings, testSandbox, writes } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

describe("a fleet from mailboxes.yaml", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  const write = (content: string, name = "mailboxes.yaml") => writeFileSync(join(stack.directory, name), content);

  beforeAll(async () => {
    sandbox = await testSandbox();
    stack = new TestStack(sandbox);
    await stack.init(FLEET);
  });

  test("is previewed, brought up, tested, and shows no change then; its new mailboxes are looked up together", async () => {
    // Looked up singly is what was seen too long ago.
    const lookups = () =>
      sandbox.requests.filter(({ path }) => /'emailaddress',PropertyValues=\["[^"]+",/.test(decodeURIComponent(path)));
    const untested = ["support", "double"].map(
      (name) => `  - address: ${name}@northwind.example\n    kind: queue\n    activate: false\n`,
    );
    write(file(`${entries("anna", "Bert")}${untested.join("")}`));
    const preview = await stack.preview();
    expect(preview.code, preview.output).toBe(0);
    // As many as it takes on a busy machine, and never one for each of the four.
    expect(lookups().length).toBeLessThan(4);
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(lookups().length).toBeLessThan(8);
    const fleet = await stack.resource("fleet");
    expect(fleet?.outputs).toMatchObject({
      summary: {
        mailboxes: 4,
        success: 2,
        notActivated: 2,
        waiting: 0,
        failed: 0,
        byClient: { north: { mailboxes: 4, success: 2 } },
        byCode: {},
      },
      waiting: [],
      mailboxes: {
        "anna@northwind.example": { client: "north", kind: "user", status: "success" },
        "bert@northwind.example": { status: "success" },
        "support@northwind.example": { kind: "queue", status: "notActivated" },
        "double@northwind.example": { kind: "queue" },
      },
    });
    expect(`${output}${stack.stateText()}`).not.toContain("GOCSPX");
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code, gate.output).toBe(0);
  });

  test("shows drift of a single mailbox on a plain preview, and heals it", async () => {
    const row = mailboxRow(sandbox, "anna@northwind.example");
    row["outgoingemaildeliverymethod"] = 0;
    const { code, output } = await stack.preview("--expect-no-changes");
    expect(code).not.toBe(0);
    expect(output).toMatch(/anna@northwind\.example.*outgoingEmailDeliveryMethod/);
    expect((await stack.up()).code).toBe(0);
    expect(row["outgoingemaildeliverymethod"]).toBe(2);
  });

  test("makes nothing anew when entries change their order or their file", async () => {
    const since = sandbox.requests.length;
    const double = "  - address: double@northwind.example\n    kind: queue\n    activate: false\n";
    const support = "  - address: support@northwind.example\n    kind: queue\n    activate: false\n";
    write(file(`${support}${entries("bert", "anna")}${double}`));
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);

    copyFileSync(join(stack.directory, "mailboxes.yaml"), join(stack.directory, "first.yaml"));
    write(file(support), "first.yaml");
    write(file(`${entries("anna", "bert")}${double}`, "\n    profile: {name: Second}"), "second.yaml");
    const two = `${FLEET.replace("mailboxes.yaml", "first.yaml")}\nsecond:\n  type: gmailsync:Fleet\n  properties:\n    file: second.yaml`;
    stack.program(two);
    const { code, output } = await stack.preview();
    expect(code, output).toBe(0);
    expect(output).not.toMatch(/Mailbox \S+ (delete|replace|create)/);
    stack.program(FLEET);
    write(file(`${entries("anna", "bert")}${support}`));
    expect(writes(sandbox, since)).toEqual([]);
    rmSync(join(stack.directory, "second.yaml"));
  });

  test("says what is wrong with the file, with its place, before anything is changed", async () => {
    write(file(entries("anna", "anna")).replace("projectId", "projectID"));
    const { code, output } = await stack.preview();
    expect(code).not.toBe(0);
    expect(output).toContain(
      "mailboxes.yaml:4:5: clients.north: there is no property projectID: did you mean projectId?",
    );
  });

  test("takes everything back", async () => {
    const { code, output } = await stack.destroy();
    expect(code, output).toBe(0);
    expect(mailboxRow(sandbox, "anna@northwind.example")["_emailserverprofile_value"]).toBeFalsy();
  });
});

/** Lines of a second client, `south`, which the sandbox then has, too. */
function secondClient(sandbox: Sandbox): string {
  const [client] = sandbox.world.google.clients;
  const clientId = SEED_CLIENT_ID.replace(/^\d+-\w/, "987654321098-w");
  if (client) sandbox.world.google.clients.push({ ...client, clientId });
  return `\n  south:\n    projectId: northwind-mail\n    clientId: ${clientId}\n    clientSecret: {config: googleClientSecret}`;
}

/** An entry that is not activated. */
const pinned = (name: string, to: string) =>
  `  - address: ${name}@northwind.example\n    client: ${to}\n    activate: false\n`;

test("two stacks share a file, each with its clients: neither sees, nor takes away, what the other has", async () => {
  const sandbox = await testSandbox();
  const text = file(`${pinned("anna", "north")}${pinned("bert", "south")}`, secondClient(sandbox));
  const profileOf = (name: string) => mailboxRow(sandbox, `${name}@northwind.example`)["_emailserverprofile_value"];
  const part = async (name: string) => {
    const stack = new TestStack(sandbox);
    await stack.init(`${FLEET}\n    clients: [${name}]`);
    writeFileSync(join(stack.directory, "mailboxes.yaml"), text);
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect((await stack.resource("fleet"))?.outputs).toMatchObject({ summary: { mailboxes: 1 } });
    return stack;
  };
  const since = sandbox.requests.length;
  const north = await part("north");
  expect(profileOf("anna")).toBeTruthy();
  expect(
    sandbox.requests.slice(since).some(({ path }) => decodeURIComponent(path).includes("bert@northwind.example")),
  ).toBe(false);
  expect(profileOf("bert")).toBeFalsy();
  await part("south");
  const gate = await north.preview("--expect-no-changes");
  expect(gate.code, gate.output).toBe(0);
  expect((await north.destroy()).code).toBe(0);
  expect(profileOf("anna")).toBeFalsy();
  expect(profileOf("bert")).toBeTruthy();
});

test("of a run with targets the fleet tells those, and nothing that stays unknown", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  await stack.init(FLEET);
  const north = ["anna", "bert"].map((name) => `${entries(name)}    client: north\n`).join("");
  const text = file(`${north}${pinned("carl", "south")}`, secondClient(sandbox));
  writeFileSync(join(stack.directory, "mailboxes.yaml"), text);
  const targets = ["**::fleet", "**::fleet-north", "**::anna@northwind.example"].flatMap((urn) => ["--target", urn]);
  const { code, output } = await stack.up(...targets);
  expect(code, output).toBe(0);
  expect((await stack.resource("fleet"))?.outputs).toMatchObject({
    mailboxes: { "anna@northwind.example": { status: "success" } },
  });
  expect(stack.stateText()).not.toContain("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
  expect(mailboxRow(sandbox, "bert@northwind.example")).toMatchObject({ incomingemaildeliverymethod: 0 });
  const { code: all, output: told } = await stack.up();
  expect(all, told).toBe(0);
  expect(told).toContain("2 success, 1 not activated of 3");
});

test.runIf(LONG)("single resources come into a fleet without being made anew", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  const client = blocks.profile().replace(/oauthClientId: .*/, `oauthClientId: $\{google.clientId}`);
  await stack.init([blocks.google, client, blocks.mailbox("anna"), blocks.activation("anna")].join("\n"));
  expect((await stack.up()).code).toBe(0);
  const since = sandbox.requests.length;
  const mailbox = "  - address: anna@northwind.example\n    aliases: {mailbox: anna, activation: annaActivation}\n";
  writeFileSync(
    join(stack.directory, "mailboxes.yaml"),
    file(mailbox, "\n    aliases: {client: google, profile: gmail}"),
  );
  stack.program(FLEET);
  const { code, output } = await stack.up();
  expect(code, output).toBe(0);
  expect(output).not.toMatch(/deleted|replaced/);
  expect(writes(sandbox, since)).toEqual([]);
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
});

test.runIf(LONG)(
  "without aliases a mailbox that comes into a fleet is taken over, tested there, and goes back as it was",
  async () => {
    const sandbox = await testSandbox();
    const anna = () => mailboxRow(sandbox, "anna@northwind.example");
    changeRow(sandbox, anna(), { incomingemaildeliverymethod: 1, emailrouteraccessapproval: 3 });
    const before = mailboxSettings(anna());
    const stack = new TestStack(sandbox);
    await stack.init([blocks.profile(), blocks.mailbox("anna"), blocks.activation("anna")].join("\n"));
    expect((await stack.up()).code).toBe(0);
    writeFileSync(join(stack.directory, "mailboxes.yaml"), file(entries("anna")));
    stack.program(FLEET);
    expect((await stack.preview()).output).toContain("taken over if that one is no longer declared");
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(anna()).toMatchObject({ incomingemaildeliverymethod: 2, incomingemailstatus: 1 });
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code, gate.output).toBe(0);
    expect((await stack.destroy()).code).toBe(0);
    expect(mailboxSettings(anna())).toEqual(before);
  },
);

test("a fleet that is retained on delete keeps its mailboxes switched on, by the profile they have", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  writeFileSync(join(stack.directory, "mailboxes.yaml"), file(entries("anna")));
  await stack.init(`${FLEET}\n  options: {retainOnDelete: true}`);
  expect((await stack.up()).code).toBe(0);
  const before = mailboxSettings(mailboxRow(sandbox, "anna@northwind.example"));
  const { code, output } = await stack.destroy();
  expect(code, output).toBe(0);
  expect(mailboxSettings(mailboxRow(sandbox, "anna@northwind.example"))).toEqual(before);
  // Beside Exchange Online's.
  expect(sandbox.world.dataverse.rows["emailserverprofiles"]).toHaveLength(2);
});

test("a fleet as a value takes its secret from the program, also one that is not known yet", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  const fleet = (secret: string, project = "northwind-mail") => `fleet:
  type: gmailsync:Fleet
  properties:
    spec:
      clients:
        north:
          projectId: ${project}
          clientId: ${SEED_CLIENT_ID}
          clientSecret: ${secret}
      mailboxes: [{address: anna@northwind.example}]`;
  const unknown = `$\{other.revision}`;
  const other = blocks.profile().replace("gmail:", "other:").replace("name: Gmail", "name: Other");
  await stack.init(`${other}\n${fleet(unknown)}`);
  const early = await stack.preview();
  expect(early.code, early.output).toBe(0);
  expect(early.output).toMatch(/Mailbox anna@northwind\.example/);
  const late = "holds a value that is known after deployment only, and is no secret";
  stack.program(`${other}\n${fleet("x", unknown)}`);
  expect((await stack.preview()).output).toContain(late);
  stack.program(`${other}\n${fleet("x").replace(/clients:.*(?=mailboxes)/s, () => `clients: ${unknown}\n      `)}`);
  expect((await stack.preview()).output).toContain(late);
  stack.program(`${other}\n${fleet("x").replace("anna@northwind.example", "{fn::secret: anna@northwind.example}")}`);
  expect((await stack.preview()).output).toContain("Fleet.spec.mailboxes[0].address is a secret");

  stack.program(fleet(`$\{googleClientSecret}`));
  const { code, output } = await stack.up();
  expect(code, output).toBe(0);
  expect(stack.stateText()).not.toContain("GOCSPX");
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  expect((await stack.destroy()).code).toBe(0);
});
