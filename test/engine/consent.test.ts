import { expect, test, vi } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { gmailsync } from "../support/command.ts";
import { administer, mailboxRow, testSandbox } from "../support/sandbox.ts";
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

test("on the eighth day of testing a plain preview shows what has ended, until the user has signed in again", async () => {
  const dora = "dora@northwind.example";
  const sandbox = await testSandbox({ polls: true });
  const screen = { audience: "external", publishingStatus: "testing", testUsers: dora };
  await administer(sandbox, "set-project", "northwind-mail", screen);
  const stack = new TestStack(sandbox);
  const mailbox = program(`${TESTING}\n    testUsers: [${dora}]`, "dora");
  await stack.init(mailbox);
  await stack.expect(["up", "--yes", "--skip-preview"]);
  await administer(sandbox, "sign-in", dora);
  stack.program([mailbox, blocks.activation("dora")].join("\n"));
  await stack.expect(["up", "--yes", "--skip-preview"]);
  await stack.expect(["preview", "--expect-no-changes"]);

  await administer(sandbox, "move-clock", "+8");
  await vi.waitFor(() => expect(mailboxRow(sandbox, dora)["incomingemailstatus"]).toBe(2), { timeout: 10_000 });
  const drift = await stack.preview("--expect-no-changes");
  expect(drift.code, drift.output).toBe(7);
  expect(drift.output).toMatch(/doraActivation update/);
  expect(drift.output).toContain(`Dynamics shows Failure for incoming mail of ${dora} (TEST_FAILED)`);
  expect(drift.output).toMatch(/Google: invalid_grant: Token has been expired or revoked \(CONSENT_ENDED\)/);
  expect(drift.output).toContain(`&id=${mailboxRow(sandbox, dora)["mailboxid"]}`);
  expect(drift.output).toContain("what the 1 test users consent to ends seven days later");

  await administer(sandbox, "sign-in", dora);
  const up = await stack.up();
  expect(up.code, up.output).toBe(0);
  await stack.expect(["preview", "--expect-no-changes"]);
  expect(mailboxRow(sandbox, dora)).toMatchObject({ incomingemailstatus: 1, outgoingemailstatus: 1 });
});

test("nobody is asked for a token that the stack's configuration cannot keep", async () => {
  const stack = new TestStack(await testSandbox());
  stack.program(blocks.profile());
  await stack.expect(["stack", "init", "test"]);
  const consent = (passphrase: string | undefined, ...args: string[]) =>
    gmailsync(
      [
        "consent",
        "anna@northwind.example",
        "--client-id",
        SEED_CLIENT_ID,
        "--config",
        "token",
        "--timeout",
        "0.05",
        ...args,
      ],
      { ...stack.environment, GOOGLE_CLIENT_SECRET: SEED_CLIENT_SECRET, PULUMI_CONFIG_PASSPHRASE: passphrase },
      stack.directory,
    );
  const passphrase = stack.environment["PULUMI_CONFIG_PASSPHRASE"] ?? "";
  const refused = { code: 1, stdout: "" };
  // Before the first secret the configuration says nothing of it.
  expect(await consent(undefined)).toMatchObject({
    ...refused,
    stderr: expect.stringContaining("passphrase must be set"),
  });
  await stack.expect(["config", "set", "--secret", "other", "x"]);
  expect(await consent("another")).toMatchObject({
    ...refused,
    stderr: expect.stringContaining("incorrect passphrase"),
  });
  expect(await consent(passphrase, "--stack", "none")).toMatchObject({
    ...refused,
    stderr: expect.stringContaining("none"),
  });
  expect(await consent(passphrase)).toMatchObject({ code: 4, stdout: expect.stringContaining("Open this page") });
});
