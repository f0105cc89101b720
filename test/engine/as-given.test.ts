import { expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { mailboxRow, testSandbox } from "../support/sandbox.ts";
import { TestStack } from "../support/stack.ts";

const DOWNLOAD = {
  web: {
    client_id: SEED_CLIENT_ID,
    project_id: "northwind-mail",
    client_secret: SEED_CLIENT_SECRET,
    redirect_uris: ["https://contoso.crm.dynamics.com/_grid/cmds/dlg_gmailoauth.aspx"],
  },
};
const PROJECT = "123456789012";

/** The download as the only secret of the configuration, and every value as Pulumi YAML decodes it. */
const program = (projectId: string, profileId = "") => `
google:
  type: gmailsync:GoogleOAuthClient
  properties:
    projectId: ${projectId}
    credentialsJson: $\{googleClientSecret}
gmail:
  type: gmailsync:EmailServerProfile
  properties:
    name: 2026
    oauthClientId: $\{google.clientId}
    oauthClientSecret: $\{google.clientSecret}
${
  profileId &&
  `anna:
  type: gmailsync:Mailbox
  properties:
    emailAddress: anna@northwind.example
    profileId: "${profileId}"
`
}`;

test("what Pulumi YAML has decoded, and ids as Dynamics shows them, are taken for what they are", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox);
  await stack.init(program("northwind-mail"), JSON.stringify(DOWNLOAD));
  const first = await stack.up();
  expect(first.code, first.output).toBe(0);
  const profileId = String((await stack.resource("gmail"))?.outputs["profileId"]);
  stack.program(program("northwind-mail", `{${profileId.toUpperCase()}}`));
  const second = await stack.up();
  expect(second.code, second.output).toBe(0);
  expect(mailboxRow(sandbox, "anna@northwind.example")["_emailserverprofile_value"]).toBe(profileId);
  expect((await stack.resource("gmail"))?.inputs["name"]).toBe("2026");

  stack.program(program("northwind-mail", profileId));
  const gate = await stack.preview("--expect-no-changes");
  expect(gate.code, gate.output).toBe(0);
  expect(`${first.output}${second.output}${gate.output}${stack.stateText()}`).not.toContain(SEED_CLIENT_SECRET);

  stack.program(program(PROJECT, profileId));
  const refused = await stack.preview();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(/property projectId .* must be a project id: /);
  expect(refused.output).toContain("(not the project's name or number)");
});
