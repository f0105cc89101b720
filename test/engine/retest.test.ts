import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { changeRow, rowWhere, testSandbox, writes } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const DORA = "dora@northwind.example";
const NEW_SECRET = "GOCSPX-sandbox-secret-second-00000";

describe("what was good is tested again", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  const tests = (since: number) =>
    writes(sandbox, since).filter((write) => write.includes("testemailconfigurationscheduled")).length;
  const program = (profile = "", activation = "") =>
    [blocks.profile(profile), blocks.mailbox("dora"), blocks.activation("dora", activation)].join("");

  beforeAll(async () => {
    sandbox = await testSandbox();
    stack = new TestStack(sandbox);
    await stack.init(program());
    expect((await stack.up()).code).toBe(0);
  });

  test("not without a reason, and not when the profile gets another description", async () => {
    const since = sandbox.requests.length;
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
    stack.program(program("description: something else"));
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(output).toContain("1 updated");
    expect(tests(since)).toBe(0);
  });

  test("when the client secret is another, which the preview shows before", async () => {
    const since = sandbox.requests.length;
    for (const client of sandbox.world.google.clients) client.secrets.push({ value: NEW_SECRET, enabled: true });
    await stack.expect(["config", "set", "--secret", "googleClientSecret"], { input: NEW_SECRET });
    const preview = await stack.preview();
    expect(preview.output).toMatch(/doraActivation update \[diff: ~retest\]/);
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(tests(since)).toBe(1);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
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

  test("with every up when it is declared so", async () => {
    stack.program(program("description: something else", "retest: always"));
    for (let round = 0; round < 2; round++) {
      const since = sandbox.requests.length;
      expect((await stack.up()).code).toBe(0);
      expect(tests(since)).toBe(1);
    }
  });
});

test("a profile that is not in the stack is watched by what it says", async () => {
  const sandbox = await testSandbox();
  const first = new TestStack(sandbox);
  await first.init(blocks.profile());
  expect((await first.up()).code).toBe(0);
  const profile = rowWhere(sandbox, "emailserverprofiles", "name", "Gmail");
  const stack = new TestStack(sandbox);
  await stack.init(
    [blocks.mailbox("dora", "", String(profile["emailserverprofileid"])), blocks.activation("dora")].join(""),
  );
  expect((await stack.up()).code).toBe(0);
  changeRow(sandbox, profile, { outgoingportnumber: 465 });
  const preview = await stack.preview("--expect-no-changes");
  expect(preview.code).toBe(7);
  expect(preview.output).toContain("tested again: its email server profile has changed");
  expect((await stack.up()).code).toBe(0);
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
});

test("a client that was deleted at Google stops before Dynamics is asked, and shows on plain preview", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  await stack.init([blocks.profile(), blocks.mailbox("dora"), blocks.activation("dora")].join(""));
  expect((await stack.up()).code).toBe(0);
  for (const client of sandbox.world.google.clients) client.state = "deleted";
  const { code, output } = await stack.preview("--expect-no-changes");
  expect(code).toBe(7);
  expect(output).toContain("(CLIENT_DELETED)");
  expect(output).toContain("https://console.cloud.google.com/apis/credentials/deleted?project=123456789012");
  const since = sandbox.requests.length;
  expect((await stack.up()).code).toBe(1);
  expect(writes(sandbox, since)).toEqual([]);
});

test("an access token that is another in every run is no change; a credential of two kinds is refused", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  const program = (credential: string) =>
    [blocks.profile(), blocks.mailbox("dora"), blocks.activation("dora", `credential: ${credential}`)].join("");
  const token = (text: string) => {
    sandbox.world.google.tokens.push({
      token: text,
      address: DORA,
      clientId: SEED_CLIENT_ID,
      scope: "https://mail.google.com/",
      expiresAt: Date.now() + 600_000,
    });
    return `{accessToken: {fn::secret: ${text}}}`;
  };
  await stack.init(program(token("ya29.first")));
  const { code, output } = await stack.up();
  expect(code, output).toBe(0);
  stack.program(program(token("ya29.second")));
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);

  stack.program(program("{accessToken: one-of-two, serviceAccountEmail: mail@northwind.iam.gserviceaccount.com}"));
  const refused = await stack.preview();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("needs exactly one of serviceAccountKey");
  expect(refused.output).not.toContain("one-of-two");
});
