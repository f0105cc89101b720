import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { testSandbox, writes } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const NEW_SECRET = "GOCSPX-sandbox-secret-second-00000";

describe("what was good is tested again", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  const tests = (since: number) =>
    writes(sandbox, since).filter((write) => write.includes("testemailconfigurationscheduled")).length;

  beforeAll(async () => {
    sandbox = await testSandbox();
    stack = new TestStack(sandbox);
    await stack.init([blocks.profile(), blocks.mailbox("dora"), blocks.activation("dora")].join(""));
    expect((await stack.up()).code).toBe(0);
  });

  test("when the client secret is another, which the preview shows before", async () => {
    const since = sandbox.requests.length;
    for (const client of sandbox.world.google.clients) client.secrets.push({ value: NEW_SECRET, enabled: true });
    await stack.expect(["config", "set", "--secret", "googleClientSecret"], { input: NEW_SECRET });
    const preview = await stack.preview();
    expect(preview.output).toMatch(/doraActivation update \[diff: ~due\]/);
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(tests(since)).toBe(1);
  });

  test("when a deployment was cut off between the profile and the test", async () => {
    const since = sandbox.requests.length;
    await stack.expect(["config", "set", "--secret", "googleClientSecret"], { input: SEED_CLIENT_SECRET });
    await stack.expect(["up", "--yes", "--skip-preview", "--target", "**gmail"]);
    expect(tests(since)).toBe(0);
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(tests(since)).toBe(1);
  });
});
