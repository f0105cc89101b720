import { beforeAll, describe, expect, test } from "vitest";
import { MAIL_SCOPE, SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, mailboxRow, testSandbox, writes } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";
import { blocks, TestStack } from "../support/stack.ts";

const DORA = "dora@northwind.example";
const CARL = "carl@northwind.example";
const SERVICE_ACCOUNT = "mail@northwind.iam.gserviceaccount.com";

const { publicKey, keyFile: KEY } = newServiceAccount(SERVICE_ACCOUNT, "104200000000000000000");

interface StoredStep {
  readonly id: string;
  readonly status: string;
  readonly message?: string;
  readonly ms?: number;
}

async function steps(stack: TestStack, name: string): Promise<Record<string, StoredStep>> {
  const stored = (await stack.resource(name))?.outputs["steps"];
  return Object.fromEntries((Array.isArray(stored) ? stored : []).map((step: StoredStep) => [step.id, step]));
}

describe("an activation with a credential of its own", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  beforeAll(async () => {
    sandbox = await testSandbox();
    sandbox.world.google.serviceAccounts.push({
      email: SERVICE_ACCOUNT,
      publicKey,
      delegatedScopes: [],
    });
    stack = new TestStack(sandbox, {
      environment: { GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify({ serviceAccountKey: KEY }) },
    });
    await stack.init([blocks.profile(), blocks.mailbox("dora"), blocks.activation("dora")].join(""));
  });

  test("names client id and page when the delegation is missing, before Dynamics is asked", async () => {
    const { code, output } = await stack.up();
    expect(code).toBe(1);
    expect(output).toContain("unauthorized_client");
    expect(output).toContain("domainwidedelegation?clientIdToAdd=104200000000000000000");
    expect(output).not.toContain("PRIVATE KEY");
    expect(writes(sandbox).filter((write) => write.includes("testemailconfigurationscheduled"))).toEqual([]);
  });

  test("logs in by delegation, says what that proves, then Dynamics' test decides", async () => {
    for (const account of sandbox.world.google.serviceAccounts) account.delegatedScopes = [MAIL_SCOPE];
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    const seen = await steps(stack, "doraActivation");
    expect(Object.keys(seen)).toEqual([
      "profile",
      "oauthClient",
      "mailbox",
      "approval",
      "signIn",
      "imap",
      "smtp",
      "test",
      "incoming",
      "outgoing",
      "alerts",
    ]);
    expect(Object.values(seen).map(({ status }) => status)).toEqual(Array(11).fill("ok"));
    // Stored is what differs; words that go without saying are added when a step is shown.
    expect(seen["imap"]).toEqual({ id: "imap", status: "ok" });
    expect(stack.stateText()).not.toContain("BEGIN PRIVATE");
  });

  test("stops with the page to open when IMAP is off, without asking Dynamics", async () => {
    await administer(sandbox, "set-account", DORA, { imap: "off-by-admin" });
    const since = sandbox.requests.length;
    stack.program(
      [blocks.profile(), blocks.mailbox("dora"), blocks.activation("dora", "triggers: {again: 'yes'}")].join(""),
    );
    const { code, output } = await stack.up();
    expect(code).toBe(1);
    expect(output).toContain("IMAP_DISABLED_BY_ADMIN");
    expect(output).toContain("https://admin.google.com/ac/apps/gmail/enduseraccess");
    expect(writes(sandbox, since)).toEqual([]);
    // Dynamics still shows the success of the earlier test, which must not turn this green.
    expect(mailboxRow(sandbox, DORA)["incomingemailstatus"]).toBe(1);
    expect((await stack.preview("--expect-no-changes")).code).toBe(7);
    expect((await stack.up()).code).toBe(1);
    await administer(sandbox, "set-account", DORA, { imap: "on" });
    expect((await stack.up()).code).toBe(0);
  });
});

describe("an activation", () => {
  test("without a credential says that its own logins were skipped", async () => {
    const sandbox = await testSandbox();
    const stack = new TestStack(sandbox);
    await stack.init([blocks.profile(), blocks.mailbox("dora"), blocks.activation("dora")].join(""));
    expect((await stack.up()).code).toBe(0);
    expect((await steps(stack, "doraActivation"))["imap"]).toMatchObject({
      status: "skipped",
      code: "NO_CREDENTIAL",
    });
  });

  test("sends one message to itself when told to, finds it and removes it", async () => {
    const sandbox = await testSandbox();
    const stack = new TestStack(sandbox);
    const grant = sandbox.world.google.grants.find(({ address }) => address === DORA);
    const credential = JSON.stringify({
      refreshToken: grant?.refreshToken,
      clientId: SEED_CLIENT_ID,
      clientSecret: SEED_CLIENT_SECRET,
    });
    const program = [
      blocks.profile(),
      blocks.mailbox("dora"),
      blocks.activation("dora", `roundTrip: true\ncredential: {fn::secret: ${credential}}`),
    ];
    await stack.init(program.join(""));
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect((await steps(stack, "doraActivation"))["roundTrip"]).toMatchObject({
      status: "ok",
    });

    await administer(sandbox, "set-account", DORA, { condition: "sending-limit" });
    stack.program(program.join("").replace("roundTrip: true", "roundTrip: true\n    triggers: {a: b}"));
    const refused = await stack.up();
    expect(refused.code).toBe(1);
    expect(refused.output).toContain("(SENDING_LIMIT)");
  });

  test("takes a refresh token, kept as a secret; a revoked one is a consent that has ended", async () => {
    const sandbox = await testSandbox();
    const stack = new TestStack(sandbox);
    const grant = sandbox.world.google.grants.find(({ address }) => address === DORA);
    const credential = `credential:
  refreshToken: {fn::secret: "${grant?.refreshToken}"}
  clientId: ${SEED_CLIENT_ID}
  clientSecret: {fn::secret: ${SEED_CLIENT_SECRET}}`;
    await stack.init([blocks.profile(), blocks.mailbox("dora"), blocks.activation("dora", credential)].join(""));
    const first = await stack.up();
    expect(first.code, first.output).toBe(0);
    expect(stack.stateText()).not.toContain(grant?.refreshToken);
    await administer(sandbox, "revoke", DORA);
    stack.program(
      [blocks.profile(), blocks.mailbox("dora"), blocks.activation("dora", `${credential}\ntriggers: {a: b}`)].join(""),
    );
    const { code, output } = await stack.up();
    expect(code).toBe(1);
    expect(output).toContain("(CONSENT)");
    expect(output).toContain("seven days after it was given");
  });

  test("waits for the sign-in when it is told to, and logs the link once", async () => {
    const sandbox = await testSandbox();
    const stack = new TestStack(sandbox);
    await stack.init(
      [blocks.profile(), blocks.mailbox("carl"), blocks.activation("carl", "waitForSignIn: 2m")].join(""),
    );
    let signedIn = false;
    const { code, output } = await stack.run(["up", "--yes", "--skip-preview"], {
      onOutput: (text) => {
        if (signedIn || !text.includes("to sign in to Gmail")) return;
        signedIn = true;
        void administer(sandbox, "sign-in", CARL);
      },
    });
    expect(code, output).toBe(0);
    expect(
      output.match(/Waiting up to 2m for the user of carl@northwind.example to sign in to Gmail: https:/g)?.length,
    ).toBeGreaterThan(0);
    expect(mailboxRow(sandbox, CARL)["incomingemailstatus"]).toBe(1);
  });

  test("of a hundred mailboxes shares its polls, counts them, and no more run at once than are allowed", async () => {
    const count = 100;
    const sandbox = await testSandbox({ extraUsers: count, testDelayMs: 50 });
    const names = Array.from({ length: count }, (_, index) => `user${String(index + 1).padStart(4, "0")}`);
    const stack = new TestStack(sandbox);
    const provider =
      "provider:\n  type: pulumi:providers:gmailsync\n  defaultProvider: true\n  properties:\n    maxConcurrentTests: 20";
    await stack.init(
      [provider, blocks.profile(), ...names.flatMap((name) => [blocks.mailbox(name), blocks.activation(name)])].join(
        "\n",
      ),
    );
    let most = 0;
    const watch = setInterval(() => {
      const pending = sandbox.world.dataverse.rows["mailboxes"]?.filter(
        (row) => row["testemailconfigurationscheduled"] === true,
      );
      most = Math.max(most, pending?.length ?? 0);
    }, 5);
    const { code, output } = await stack.up();
    clearInterval(watch);
    expect(code, output).toBe(0);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(20);
    expect(output).toContain(` of ${count} tested`);
    // Every mailbox is looked at about once a second; one request serves all who look.
    const polls = sandbox.requests.filter(({ path }) => path.includes("/mailboxes?") && path.includes("filter"));
    expect(polls.length).toBeLessThan(4 * count);
  });
});
