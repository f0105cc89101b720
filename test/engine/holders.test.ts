import { expect, test } from "vitest";
import { changeRow, mailboxRow, mailboxSettings, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const by = (block: string, provider: string) => `${block}\n  options:\n    provider: $\{${provider}}`;
const providers = ["first", "second"].map((name) => `${name}:\n  type: pulumi:providers:gmailsync`);

test("with --target and two explicit providers who is renamed stays connected, and who is taken out does not", async () => {
  const sandbox = await testSandbox();
  const [anna, bert] = ["anna", "bert"].map((name) => () => mailboxRow(sandbox, `${name}@northwind.example`));
  if (!anna || !bert) throw new Error("two mailboxes are needed");
  for (const row of [anna(), bert()]) changeRow(sandbox, row, { outgoingemaildeliverymethod: 1 });
  const before = [anna, bert].map((row) => mailboxSettings(row()));
  const stack = new TestStack(sandbox);
  const common = [...providers, by(blocks.profile(), "first")];
  await stack.init([...common, by(blocks.mailbox("anna"), "first"), by(blocks.mailbox("bert"), "second")].join("\n"));
  expect((await stack.up()).code).toBe(0);
  const connected = [anna, bert].map((row) => mailboxSettings(row()));

  const renamed = blocks.mailbox("anna").replace("anna:", "renamed:");
  stack.program([...common, by(renamed, "first")].join("\n"));

  const targeted = await stack.up("--target", "**::renamed");
  expect(targeted.code, targeted.output).toBe(0);
  expect([anna, bert].map((row) => mailboxSettings(row()))).toEqual(connected);
  expect(await stack.resource("anna")).toBeDefined();

  const { code, output } = await stack.up();
  expect(code, output).toBe(0);
  expect([mailboxSettings(anna()), mailboxSettings(bert())]).toEqual([connected[0], before[1]]);
  const gate = await stack.preview("--expect-no-changes");
  expect(gate.code, gate.output).toBe(0);
  expect((await stack.destroy()).code).toBe(0);
  expect([anna, bert].map((row) => mailboxSettings(row()))).toEqual(before);
});

test("a mailbox that is retained keeps its profile from no destroy, and from an up that takes both away once", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  const retained = `${blocks.mailbox("anna")}\n  options: {retainOnDelete: true}`;
  const profiles = () => sandbox.world.dataverse.rows["emailserverprofiles"]?.map(({ name }) => name);
  await stack.init([blocks.profile(), retained].join("\n"));
  expect((await stack.up()).code).toBe(0);
  const { code, output } = await stack.destroy();
  expect(code, output).toBe(0);
  expect(profiles()).not.toContain("Gmail");

  expect((await stack.up()).code).toBe(0);
  stack.program(blocks.profile().replace("gmail:", "other:").replace("name: Gmail", "name: Other"));
  expect((await stack.up()).output).toContain("stays, as mailboxes still have it, anna@northwind.example");
  expect((await stack.up()).code).toBe(0);
  expect(profiles()).not.toContain("Gmail");
});
