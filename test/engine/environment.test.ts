import { beforeAll, describe, expect, test } from "vitest";
import { lastingSecret } from "../../sandbox/entra/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Environments, organizationOf, twoEnvironments } from "../support/environments.ts";
import { administer, changeRow, mailboxRow, mailboxSettings, writes } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const PROGRAM = [
  blocks.profile("defaultForNewMailboxes: true"),
  blocks.mailbox("anna"),
  blocks.activation("anna"),
  blocks.mailbox("bert"),
].join("");

const settings = (sandbox: Sandbox) =>
  ["anna", "bert"].map((name) => mailboxSettings(mailboxRow(sandbox, `${name}@northwind.example`)));
const variable = ({ world }: Sandbox) => ({ GMAILSYNC_ENVIRONMENT_URL: world.environmentUrl });

describe("a stack whose variable leads to another environment", () => {
  let both: Environments;
  let stack: TestStack;
  let before: readonly unknown[];

  beforeAll(async () => {
    both = await twoEnvironments();
    changeRow(both.contoso, mailboxRow(both.contoso, "anna@northwind.example"), { incomingemaildeliverymethod: 1 });
    before = [both.contoso, both.fabrikam].map(settings);
    stack = new TestStack(both.contoso, { environment: { ...both.reach, ...variable(both.contoso) } });
    await stack.init(PROGRAM);
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    Object.assign(stack.environment, variable(both.fabrikam));
  });

  test("is refused by the preview and by up with one error that names both, and nothing is done anywhere", async () => {
    const done = writes(both.contoso).length;
    for (const run of [() => stack.preview(), () => stack.up()]) {
      const { code, output } = await run();
      expect(code).not.toBe(0);
      const [told = "", ...more] = output.split("Diagnostics:")[1]?.match(/What this stack .*/g) ?? [];
      expect(more).toEqual([]);
      expect(told).toContain(`${both.contoso.world.environmentUrl} (organization ${organizationOf(both.contoso)})`);
      expect(told).toContain(`${both.fabrikam.world.environmentUrl} (organization ${organizationOf(both.fabrikam)})`);
      expect(told).toContain(`pulumi config set gmailsync:allowMove ${organizationOf(both.fabrikam)}`);
    }
    expect([writes(both.contoso).length, writes(both.fabrikam)]).toEqual([done, []]);
  });

  test("moves where that is allowed: the old environment is put back before the new one is touched", async () => {
    await stack.expect(["config", "set", "gmailsync:allowMove", organizationOf(both.fabrikam)]);
    const { output } = await stack.up();
    // In another environment everybody signs in anew.
    expect(output).toContain("NOT_SIGNED_IN");
    expect(output.lastIndexOf("deleted original")).toBeLessThan(output.indexOf("creating replacement"));
    expect(settings(both.contoso)).toEqual(before[0]);
    expect(settings(both.fabrikam)).toEqual([
      expect.objectContaining({ incomingemaildeliverymethod: 2, emailrouteraccessapproval: 1 }),
      expect.objectContaining({ incomingemaildeliverymethod: 2, emailrouteraccessapproval: 1 }),
    ]);
    await administer(both.fabrikam, "sign-in", "anna@northwind.example");
    await stack.expect(["config", "rm", "gmailsync:allowMove"]);
    const up = await stack.up();
    expect(up.code, up.output).toBe(0);
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code, gate.output).toBe(0);
  });

  test("is destroyed where it is, whatever the variable says", async () => {
    Object.assign(stack.environment, variable(both.contoso));
    const done = writes(both.contoso).length;
    const { code, output } = await stack.destroy();
    expect(code, output).toBe(0);
    expect([both.contoso, both.fabrikam].map(settings)).toEqual(before);
    expect(writes(both.contoso)).toHaveLength(done);
  });
});

test("another URL of the same organization and a replaced secret are taken by --refresh --run-program", async () => {
  const { contoso, fabrikam, reach } = await twoEnvironments({ renamed: true });
  const variables = { ...reach, ...variable(contoso), AZURE_CLIENT_SECRET: undefined };
  const stack = new TestStack(contoso, { environment: variables });
  const secret = (input = "") => stack.expect(["config", "set", "--secret", "gmailsync:clientSecret"], { input });
  await stack.init([blocks.profile(), blocks.mailbox("anna")].join(""));
  await secret(reach["AZURE_CLIENT_SECRET"]);
  expect((await stack.up()).code).toBe(0);
  const { entra } = contoso.world;
  entra.resources.shift();
  entra.applications[0]?.secrets.splice(0, 9, lastingSecret("another-secret"));
  await secret("another-secret");
  Object.assign(stack.environment, variable(fabrikam));

  const { code, output } = await stack.preview();
  expect(code).not.toBe(0);
  const [, told = ""] = output.split("Diagnostics:");
  expect(told.match(/cannot be entered/g)).toHaveLength(1);
  expect(told).toContain("pulumi up --refresh --run-program");
  const up = await stack.up("--refresh", "--run-program");
  expect(up.code, up.output).toBe(0);
  const gate = await stack.preview("--expect-no-changes");
  expect(gate.code, gate.output).toBe(0);
  expect((await stack.destroy()).code).toBe(0);
});
