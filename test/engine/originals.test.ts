import { expect, test } from "vitest";
import { originalsOf } from "../support/command.ts";
import { changeRow, mailboxRow, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

test("an original that was lost is set again, and destroy then puts the mailbox back", async () => {
  const sandbox = await testSandbox();
  const anna = () => mailboxRow(sandbox, "anna@northwind.example");
  changeRow(sandbox, anna(), { incomingemaildeliverymethod: 1 });
  const stack = new TestStack(sandbox);
  await stack.init([blocks.profile(), blocks.mailbox("anna")].join(""));
  expect((await stack.up()).code).toBe(0);
  const originals = (...args: string[]) => originalsOf(stack, ...args);
  expect((await originals("list")).output).toContain("anna@northwind.example: known");
  expect((await originals("show", "anna@northwind.example")).output).toContain("incomingEmailDeliveryMethod: 1");

  const wrong = await originals("set", "anna@northwind.example", "incomingEmailDeliveryMethod=much");
  expect(wrong).toMatchObject({
    code: 2,
    output: expect.stringContaining("incomingEmailDeliveryMethod must be an integer"),
  });
  const shown = await originals("set", "anna@northwind.example", "outgoingEmailDeliveryMethod=1");
  expect(shown.output).toContain("Nothing was written");
  const spelled = await originals("set", "anna@northwind.example", "profileId={6F1D2C3B-00AA-4000-8000-0000000000EF}");
  expect(spelled.output).toContain("6f1d2c3b-00aa-4000-8000-0000000000ef");
  expect((await stack.resource("anna"))?.outputs["original"]).toMatchObject({ outgoingEmailDeliveryMethod: 0 });
  const refused = await originals(
    "set",
    "anna@northwind.example",
    "outgoingEmailDeliveryMethod=1",
    "--yes",
    "--read-only",
  );
  expect(refused).toMatchObject({ code: 2, output: expect.stringContaining("--read-only lets nothing be written") });
  expect((await stack.resource("anna"))?.outputs["original"]).toMatchObject({ outgoingEmailDeliveryMethod: 0 });
  const set = await originals("set", "anna@northwind.example", "outgoingEmailDeliveryMethod=1", "--yes");
  expect(set).toMatchObject({ code: 0, output: expect.stringContaining("The state is written") });

  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  const destroyed = await stack.destroy();
  expect(destroyed.code, destroyed.output).toBe(0);
  expect(anna()).toMatchObject({ incomingemaildeliverymethod: 1, outgoingemaildeliverymethod: 1 });
});
