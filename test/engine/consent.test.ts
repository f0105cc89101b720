import { expect, test } from "vitest";
import { testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const TESTING = "\n    audience: external\n    publishingStatus: testing";

/** A client that declares something, a profile with it, and mailboxes with that. */
const program = (declared: string, ...names: string[]) =>
  [
    `${blocks.google}${declared}`,
    blocks.profile().replace(/oauthClientId: .*/, `oauthClientId: $\{google.clientId}`),
    ...names.map((name) => blocks.mailbox(name)),
  ].join("\n");

test("a mailbox that is no test user fails the preview, with the number and the page", async () => {
  const stack = new TestStack(await testSandbox());
  const declared = `${TESTING}\n    testUsers: [ANNA@northwind.example]`;
  await stack.init(program(declared, "anna", "bert"));
  const { code, output } = await stack.preview();
  expect(code).not.toBe(0);
  expect(output).toContain("is not among the 1 declared test users of project northwind-mail");
  expect(output).toContain("https://console.cloud.google.com/auth/audience?project=northwind-mail");
  expect(output).toMatch(/Mailbox bert/);
  expect(output).not.toMatch(/error: .*anna/);

  stack.program(program(`${TESTING}\n    testUsers: [anna@northwind.example, bert@northwind.example]`, "anna", "bert"));
  const up = await stack.up();
  expect(up.code, up.output).toBe(0);
  expect(up.output).toContain("is in testing: what the 2 test users consent to ends seven days later");

  // Nothing about the mailboxes has changed; what has, is told by the client.
  stack.program(program(`${TESTING}\n    testUsers: [anna@northwind.example]`, "anna", "bert"));
  const after = await stack.preview();
  expect(after.code).not.toBe(0);
  expect(after.output).toContain("is not among the 1 declared test users");
});
