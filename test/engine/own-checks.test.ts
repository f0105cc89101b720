import { describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { administer, mailboxRow, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const DORA = "dora@northwind.example";
const CARL = "carl@northwind.example";

describe("an activation", () => {
  test("takes a refresh token, and keeps it as a secret", async () => {
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

  test("of many mailboxes is counted, and no more run at once than the program's provider allows", async () => {
    const count = 20;
    const most = 5;
    const sandbox = await testSandbox({ extraUsers: count, testDelayMs: 50 });
    const names = Array.from({ length: count }, (_, index) => `user${String(index + 1).padStart(4, "0")}`);
    const stack = new TestStack(sandbox);
    const provider = `provider:
  type: pulumi:providers:gmailsync
  defaultProvider: true
  properties:
    maxConcurrentTests: ${most}`;
    const mailboxes = names.flatMap((name) => [blocks.mailbox(name), blocks.activation(name)]);
    await stack.init([provider, blocks.profile(), ...mailboxes].join("\n"));
    let seen = 0;
    const watch = setInterval(() => {
      const running = sandbox.world.dataverse.rows["mailboxes"]?.filter(
        (row) => row["testemailconfigurationscheduled"] === true,
      );
      seen = Math.max(seen, running?.length ?? 0);
    }, 5);
    const { code, output } = await stack.up(`--parallel=${count}`);
    clearInterval(watch);
    expect(code, output).toBe(0);
    expect(seen).toBe(most);
    expect(output).toContain(` of ${count} tested`);
  });
});
