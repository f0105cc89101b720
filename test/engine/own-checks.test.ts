import { describe, expect, test } from "vitest";
import { MAIL_SCOPE, SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { LONG } from "../support/long.ts";
import { administer, mailboxRow, testSandbox } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";
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

  test("takes the key file as it is; one that cannot be read is told once, before anything is asked", async () => {
    const sandbox = await testSandbox();
    const { email, publicKey, keyFile } = newServiceAccount("mail@northwind.iam.gserviceaccount.com");
    sandbox.world.google.serviceAccounts.push({ email, publicKey, delegatedScopes: [MAIL_SCOPE] });
    const program = [blocks.profile(), blocks.mailbox("dora"), blocks.activation("dora")].join("");
    const stackWith = async (key: object) => {
      const stack = new TestStack(sandbox, {
        environment: { GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify(key, undefined, 2) },
      });
      await stack.init(program);
      return stack;
    };
    const file = JSON.parse(keyFile);

    const broken = await (await stackWith({ ...file, private_key: "planted-key" })).up();
    expect(broken.code).not.toBe(0);
    const [, told = ""] = broken.output.split("Diagnostics:");
    expect(told.match(/GMAILSYNC_MAIL_CREDENTIAL\) .*: serviceAccountKey: private_key cannot be read/g)).toHaveLength(
      1,
    );
    expect(broken.output).not.toContain("planted-key");
    expect(sandbox.requests).toEqual([]);

    const stack = await stackWith({ ...file, private_key: file.private_key.replaceAll("\n", "\\n") });
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(sandbox.world.google.tokens.map(({ address, clientId }) => [address, clientId])).toContainEqual([
      DORA,
      email,
    ]);
    expect(stack.stateText()).not.toContain("PRIVATE KEY");
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
    expect(output).not.toContain("Tests wait for one another");
  });

  test.runIf(LONG)("of which the engine's places hold some back are said to wait for one another, once", async () => {
    const sandbox = await testSandbox({ extraUsers: 6, testDelayMs: 1500 });
    const stack = new TestStack(sandbox, { environment: { PULUMI_PARALLEL: undefined } });
    const mailboxes = ["user0001", "user0002", "user0003", "user0004", "user0005", "user0006"].flatMap((name) => [
      blocks.mailbox(name),
      blocks.activation(name),
    ]);
    await stack.init([blocks.profile(), ...mailboxes].join("\n"));
    const { code, output } = await stack.up("--parallel=2");
    expect(code, output).toBe(0);
    const [, diagnostics = ""] = output.split("Diagnostics:");
    expect(diagnostics.match(/Tests wait for one another, .*PULUMI_PARALLEL=64/g)).toHaveLength(1);
  });
});
