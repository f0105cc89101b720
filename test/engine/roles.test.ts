import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID } from "../../sandbox/world/northwind.ts";
import { administer, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

/** What the README asks for. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  Mailbox: ["Read", "Write", "Append"],
  EmailServerProfile: ["Create", "Read", "Write", "Delete", "AppendTo"],
  Organization: ["Read"],
  User: ["Read"],
  Queue: ["Read"],
  TraceLog: ["Read"],
};
const PRIVILEGES = [
  ...Object.entries(NEEDED).flatMap(([table, verbs]) => verbs.map((verb) => `prv${verb}${table}`)),
  "prvApproveRejectEmailAddress",
];

describe("an application user with a role of its own", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await testSandbox();
    const privileges = PRIVILEGES.map((name) => `${name}:Global`).join(",");
    await administer(sandbox, "add-role", "Mail", { privileges });
    await administer(sandbox, "give-role", "Mail", { to: APPLICATION_ID });
    await administer(sandbox, "take-role", "System Administrator", { from: APPLICATION_ID });
    stack = new TestStack(sandbox);
    await stack.init([blocks.profile(), blocks.mailbox("anna"), blocks.activation("anna")].join(""));
  });

  test("needs no more than the README says", async () => {
    const up = await stack.up();
    expect(up.code, up.output).toBe(0);
    const destroy = await stack.destroy();
    expect(destroy.code, destroy.output).toBe(0);
  });

  test("is told the privilege that is missing", async () => {
    const fewer = PRIVILEGES.filter((name) => name !== "prvAppendMailbox").map((name) => `${name}:Global`);
    await administer(sandbox, "set-role", "Mail", { privileges: fewer.join(",") });
    const { code, output } = await stack.up();
    expect(code).toBe(1);
    expect(output).toContain("prvAppendMailbox");
  });
});
