import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { folderWith, SDK, TestProgram } from "../support/program.ts";
import { mailboxRow, testSandbox } from "../support/sandbox.ts";

test("a Provider of the TypeScript package brings all settings along, of every type, and keeps its secret as one", async () => {
  const sandbox = await testSandbox();
  const { environment } = sandbox;
  const connectTo = Object.fromEntries(
    (environment["GMAILSYNC_CONNECT_TO"] ?? "").split(",").map((entry) => entry.split("=")),
  );
  const settings = {
    environmentUrl: environment["GMAILSYNC_ENVIRONMENT_URL"],
    tenantId: environment["AZURE_TENANT_ID"],
    clientId: environment["AZURE_CLIENT_ID"],
    clientSecret: environment["AZURE_CLIENT_SECRET"],
    cloud: "public",
    useMsi: false,
    maxConcurrentTests: 5,
    mailHosts: ["mail.northwind.example"],
    network: { caFile: environment["GMAILSYNC_CA_FILE"], connectTo },
  };
  const folder = folderWith(
    `import { Cloud, EmailServerProfile, getMailbox, Mailbox, MailProtocol, Provider } from ${SDK};
const provider = new Provider("contoso", { ...${JSON.stringify(settings)}, cloud: Cloud.Public });
const { profileId, name: profile } = new EmailServerProfile(
  "gmail",
  { protocol: MailProtocol.Pop3, oauthClientId: "${SEED_CLIENT_ID}", oauthClientSecret: "${SEED_CLIENT_SECRET}" },
  { provider },
);
new Mailbox("anna", { emailAddress: "anna@northwind.example", profileId }, { provider });
export const name = profile;
export const kind = getMailbox({ emailAddress: "anna@northwind.example" }, { provider }).then((found) => found.kind);
`,
  );
  const nothing = Object.fromEntries(Object.keys(environment).map((name) => [name, undefined]));
  const program = new TestProgram(folder, sandbox, nothing);
  const { ok, stdout, outputs } = await program.run("up");
  expect(ok, stdout).toBe(true);
  expect(outputs).toMatchObject({ name: expect.stringMatching(/^gmail-[0-9a-f]{7}$/), kind: "user" });
  expect(mailboxRow(sandbox, "anna@northwind.example")["_emailserverprofile_value"]).toBeTruthy();
  expect((await program.run("gate")).ok).toBe(true);
  const state = readFileSync(join(program.state, ".pulumi", "stacks", "test", "test.json"), "utf8");
  expect(state).toContain(settings.tenantId);
  expect(state).not.toContain(settings.clientSecret);
});
