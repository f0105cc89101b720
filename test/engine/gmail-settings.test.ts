import { beforeAll, describe, expect, test } from "vitest";
import { MAIL_SCOPE } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, testSandbox } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";
import { blocks, TestStack } from "../support/stack.ts";

const DORA = "dora@northwind.example";
const ACCOUNT = "mail@northwind.iam.gserviceaccount.com";
const SETTINGS_SCOPE = "https://www.googleapis.com/auth/gmail.settings.basic";
const { publicKey, keyFile } = newServiceAccount(ACCOUNT, "104200000000000000000");

describe("mailboxes that are delegated to a service account of the environment", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  const account = () => sandbox.world.google.accounts.find(({ address }) => address === DORA);

  beforeAll(async () => {
    sandbox = await testSandbox();
    sandbox.world.google.serviceAccounts.push({
      email: ACCOUNT,
      publicKey,
      delegatedScopes: [MAIL_SCOPE],
    });
    await administer(sandbox, "set-account", DORA, { imap: "off-by-user", pop: "off-by-user" });
    const environment = { GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify({ serviceAccountKey: keyFile }) };
    stack = new TestStack(sandbox, { environment });
    const mailbox = blocks.mailbox("dora", "gmail: {imap: true, pop: allMail}");
    await stack.init([blocks.profile(), mailbox, blocks.activation("dora")].join(""));
  });

  test("are kept with the page to open, with client id and scope, while the scope is missing", async () => {
    const { code, output } = await stack.up();
    expect(code).toBe(1);
    expect(output).toContain(
      `clientIdToAdd=104200000000000000000&clientScopeToAdd=${encodeURIComponent(SETTINGS_SCOPE)}`,
    );
    expect((await stack.resource("dora"))?.initErrors).toHaveLength(1);
    expect(account()?.imap).toBe("off-by-user");
  });

  test("get Gmail's settings and a login of our own with the next up, and the key stands nowhere", async () => {
    for (const { delegatedScopes } of sandbox.world.google.serviceAccounts) delegatedScopes.push(SETTINGS_SCOPE);
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(account()).toMatchObject({ imap: "on", pop: "on", popWindow: "allMail" });
    expect((await stack.resource("doraActivation"))?.outputs["steps"]).toContainEqual({ id: "imap", status: "ok" });
    expect(`${output}${stack.stateText()}`).not.toContain("PRIVATE KEY");
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  });

  test("show on a plain preview what the user switches off", async () => {
    await administer(sandbox, "set-account", DORA, { imap: "off-by-user" });
    const { code, output } = await stack.preview("--expect-no-changes");
    expect(code).toBe(7);
    expect(output).toContain("dora update [diff: ~gmail]");
  });
});
