import { expect, test } from "vitest";
import { testSandbox } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";
import { blocks, TestStack } from "../support/stack.ts";

test("nothing that the environment gives comes into the state, with an explicit provider neither", async () => {
  const sandbox = await testSandbox();
  const { keyFile, privateKey } = newServiceAccount("mail@northwind.iam.gserviceaccount.com");
  const stack = new TestStack(sandbox, { environment: { GMAILSYNC_MAIL_CREDENTIAL: keyFile } });
  const explicit = `  options:
    provider: $\{explicit}`;
  await stack.init(`
explicit:
  type: pulumi:providers:gmailsync
${blocks.profile()}
${explicit}
${blocks.mailbox("anna")}
${explicit}`);
  const preview = await stack.preview("--debug");
  expect(preview.code, preview.output).toBe(0);
  expect(preview.output).toMatch(
    /Signs in to Microsoft Entra by: client secret, .* by clientSecret \(AZURE_CLIENT_SECRET\)/,
  );
  const up = await stack.up();
  expect(up.code, up.output).toBe(0);

  const provider = await stack.resource("explicit");
  expect(Object.keys(provider?.inputs ?? {}).filter((name) => !name.startsWith("__"))).toEqual([
    "environmentUrl",
    "organizationId",
  ]);
  const { AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_CLIENT_SECRET } = sandbox.environment;
  const secrets = [AZURE_CLIENT_SECRET, privateKey.slice(100, 140)];
  for (const value of [...secrets, AZURE_CLIENT_ID, AZURE_TENANT_ID]) expect(stack.stateText()).not.toContain(value);
  for (const { output } of [preview, up]) for (const secret of secrets) expect(output).not.toContain(secret);
});
