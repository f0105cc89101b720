import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, changeRow, mailboxRow, testSandbox, writes } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const CARL = "carl@northwind.example";

describe("an activation that fails", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await testSandbox();
    stack = new TestStack(sandbox);
    await stack.init([blocks.profile(), blocks.mailbox("carl"), blocks.activation("carl")].join(""));
  });

  test("is kept with its reasons, and the service was not asked to test what cannot work", async () => {
    const { code, output } = await stack.up();
    expect(code).toBe(1);
    expect(output).toContain(`nobody has signed in to Gmail for ${CARL}`);
    expect(output).toContain('chooses "Sign in to Gmail"');
    const kept = await stack.resource("carlActivation");
    expect(kept?.initErrors?.[0]).toContain("NOT_SIGNED_IN");
    expect(kept?.outputs["status"]).toBe("failure");
    expect(writes(sandbox).filter((write) => write.includes("testemailconfigurationscheduled"))).toEqual([]);
  });

  test("does not pass as unchanged", async () => {
    const { code, output } = await stack.preview("--expect-no-changes");
    expect(code).toBe(7);
    expect(output).toContain("NOT_SIGNED_IN");
  });

  test("goes green with the next up, once the user has signed in", async () => {
    await administer(sandbox, "sign-in", CARL);
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect((await stack.resource("carlActivation"))?.initErrors).toBeUndefined();
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });

  test("turns red on a plain preview when Dynamics later shows a failure", async () => {
    changeRow(sandbox, mailboxRow(sandbox, CARL), { outgoingemailstatus: 2 });
    const { code, output } = await stack.preview("--expect-no-changes");
    expect(code).toBe(7);
    expect(output).toContain(`Dynamics shows Failure for outgoing mail of ${CARL}`);
  });
});

describe("an activation that watches its profile", () => {
  test("tests again when the client secret changes, which a preview shows before", async () => {
    const sandbox = await testSandbox();
    const stack = new TestStack(sandbox);
    const watching = blocks.activation("dora", `triggers:\n  profile: $\{gmail.revision}`);
    await stack.init([blocks.profile(), blocks.mailbox("dora"), watching].join(""));
    expect((await stack.up()).code).toBe(0);

    await stack.expect(["config", "set", "--secret", "googleClientSecret"], { input: "GOCSPX-a-wrong-one-by-mistake" });
    const preview = await stack.preview();
    expect(preview.output).toMatch(/doraActivation update \[diff: ~triggers\]/);
    const { code, output } = await stack.up();
    expect(code).toBe(1);
    expect(output).toContain("The provided client secret is invalid");
  });
});

describe("an up that is interrupted", () => {
  test("leaves a state from which the next goes on, and the running test is joined, not started again", async () => {
    const sandbox = await testSandbox({ testDelayMs: 600_000 });
    const dora = () => mailboxRow(sandbox, "dora@northwind.example");
    const stack = new TestStack(sandbox);
    await stack.init([blocks.profile(), blocks.mailbox("dora"), blocks.activation("dora")].join(""));
    const interrupted = await stack.run(["up", "--yes", "--skip-preview"], {
      onOutput: (text, interrupt) => {
        if (text.includes("waiting for Dynamics")) interrupt();
      },
    });
    expect(interrupted.code).not.toBe(0);
    const kept = await stack.resource("doraActivation");
    expect(kept?.id).toBe(dora()["mailboxid"]);
    const { code, output } = await stack.run(["up", "--yes", "--skip-preview"], {
      onOutput: (text) => {
        if (!text.includes("waiting for Dynamics")) return;
        const testmailboxaccesscompletedon = new Date().toISOString();
        const good = { incomingemailstatus: 1, outgoingemailstatus: 1, testmailboxaccesscompletedon };
        changeRow(sandbox, dora(), { ...good, testemailconfigurationscheduled: false });
      },
    });
    expect(code, output).toBe(0);
    const all = writes(sandbox);
    expect(all.filter((write) => write.includes("testemailconfigurationscheduled"))).toHaveLength(1);
    expect(all.filter((write) => write.startsWith("POST"))).toHaveLength(1);
    expect((await stack.resource("doraActivation"))?.outputs["status"]).toBe("success");
  });
});
