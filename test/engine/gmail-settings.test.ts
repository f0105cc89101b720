import { beforeAll, describe, expect, test } from "vitest";
import { MAIL_SCOPE } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, changeRow, mailboxRow, testSandbox } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";
import { blocks, TestStack } from "../support/stack.ts";

const DORA = "dora@northwind.example";
const ACCOUNT = "mail@northwind.iam.gserviceaccount.com";
const SETTINGS_SCOPE = "https://www.googleapis.com/auth/gmail.settings.basic";
const { publicKey, keyFile } = newServiceAccount(ACCOUNT, "104200000000000000000");
const program = (gmail: string) => [blocks.profile(), blocks.mailbox("dora", gmail)].join("");

describe("Gmail's settings of a mailbox", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  const account = () => sandbox.world.google.accounts.find(({ address }) => address === DORA);
  const puts = (since = 0) =>
    sandbox.requests.slice(since).flatMap(({ method, path }) => (method === "PUT" ? [path.replace(/.*\//, "")] : []));

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
    await stack.init(program("gmail: {imap: true, pop: allMail}"));
  });

  test("need a delegation for their scope, and name the page with client id and scope", async () => {
    const { code, output } = await stack.up();
    expect(code).toBe(1);
    expect(output).toContain(
      `clientIdToAdd=104200000000000000000&clientScopeToAdd=${encodeURIComponent(SETTINGS_SCOPE)}`,
    );
    expect(account()?.imap).toBe("off-by-user");
  });

  test("are switched on, the rest of each object left as it was", async () => {
    for (const { delegatedScopes } of sandbox.world.google.serviceAccounts) delegatedScopes.push(SETTINGS_SCOPE);
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(account()).toMatchObject({ imap: "on", pop: "on", popWindow: "allMail", popDisposition: "leaveInInbox" });
    const since = sandbox.requests.length;
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
    expect((await stack.up()).code).toBe(0);
    expect(puts(since)).toEqual([]);
  });

  test("show as drift when the user switches one off, and heal", async () => {
    await administer(sandbox, "set-account", DORA, { imap: "off-by-user" });
    const { code, output } = await stack.preview("--expect-no-changes");
    expect(code).toBe(7);
    expect(output).toContain("dora update [diff: ~gmail]");
    const since = sandbox.requests.length;
    expect((await stack.up()).code).toBe(0);
    expect(puts(since)).toEqual(["imap"]);
    expect(account()?.imap).toBe("on");
  });

  test("are kept with the reason when the administrator forbids them", async () => {
    await administer(sandbox, "set-account", DORA, { imap: "off-by-admin" });
    const { code, output } = await stack.up();
    expect(code).toBe(1);
    expect(output).toContain("disabled by the domain administrator");
    expect(output).toContain("https://admin.google.com/ac/apps/gmail/enduseraccess");
    await administer(sandbox, "set-account", DORA, { imap: "on" });
    expect((await stack.up()).code).toBe(0);
  });

  test("are not known while Google does not answer, and nothing changes then", async () => {
    sandbox.addFault({ service: "google", path: "/settings/", times: 2, effect: { status: 503 } });
    const { code, output } = await stack.preview("--expect-no-changes");
    expect(code, output).toBe(0);
    expect(output).toContain("Whether they have changed is not known");
  });

  test("go back to what they were, one by one and with the resource", async () => {
    stack.program(program("gmail: {imap: true}"));
    expect((await stack.up()).code).toBe(0);
    expect(account()).toMatchObject({ imap: "on", pop: "off-by-user" });
    expect((await stack.destroy()).code).toBe(0);
    expect(account()).toMatchObject({ imap: "off-by-user", pop: "off-by-user" });
  });
});

test("without delegation Gmail's settings are skipped, and say so", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  await stack.init(program("gmail: {imap: true}"));
  const { code, output } = await stack.up();
  expect(code, output).toBe(0);
  expect(output).toContain(`Gmail's settings of ${DORA} are skipped`);
  expect(sandbox.requests.some(({ path }) => path.includes("/settings/"))).toBe(false);
});

test("a personal account's settings are skipped even with delegation, which never reaches it", async () => {
  const sandbox = await testSandbox();
  changeRow(sandbox, mailboxRow(sandbox, DORA), { emailaddress: "dora@gmail.com" });
  const credential = JSON.stringify({ serviceAccountKey: keyFile });
  const stack = new TestStack(sandbox, { environment: { GMAILSYNC_MAIL_CREDENTIAL: credential } });
  await stack.init(
    [blocks.profile(), blocks.mailbox("dora", "gmail: {imap: true}").replace("northwind.example", "gmail.com")].join(
      "\n",
    ),
  );
  const { code, output } = await stack.up();
  expect(code, output).toBe(0);
  expect(output).toContain("it is a personal account, where IMAP is always on");
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
});
