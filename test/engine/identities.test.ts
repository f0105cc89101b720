import { beforeAll, describe, expect, test } from "vitest";
import { IDENTITIES } from "../../sandbox/pipelines/identities.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, testSandbox } from "../support/sandbox.ts";
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

/** A JSON web token, as all tokens of the sandbox are. */
const TOKEN = /eyJ[\w-]{10,}\.eyJ/;

describe("a stack", () => {
  /** What each signs in by, and the variables that nobody but the machine may see. */
  const KINDS: Readonly<Record<string, { readonly by: string; readonly secret?: string }>> = {
    certificate: { by: "client certificate in a file, as application" },
    github: { by: "GitHub Actions, as application", secret: "ACTIONS_ID_TOKEN_REQUEST_TOKEN" },
    "azure-devops": { by: "Azure DevOps service connection, as application", secret: "SYSTEM_ACCESSTOKEN" },
    gitlab: { by: "token in a variable, as application", secret: "ARM_OIDC_TOKEN" },
    aks: { by: "token in a file, as application" },
    "managed-identity": { by: "managed identity, as the system-assigned", secret: "IDENTITY_HEADER" },
    imds: { by: "managed identity, as the system-assigned" },
    "azure-cli": { by: "Azure CLI, as who is signed in" },
  };
  let sandbox: Sandbox;
  let stack: TestStack;
  const without = { AZURE_TENANT_ID: undefined, AZURE_CLIENT_ID: undefined, AZURE_CLIENT_SECRET: undefined };

  beforeAll(async () => {
    sandbox = await testSandbox();
    stack = new TestStack(sandbox, { environment: without });
    await stack.init([blocks.profile(), blocks.mailbox("anna")].join(""));
  });

  /** Nothing but what such a machine has. */
  async function on(kind: string): Promise<Readonly<Record<string, string>>> {
    for (const { variables } of Object.values(IDENTITIES))
      for (const name of variables) if (name !== "PATH") delete stack.environment[name];
    const { PATH, ...machine } = await sandbox.environmentOf(kind);
    Object.assign(stack.environment, machine, { PATH: [PATH, process.env["PATH"]].filter(Boolean).join(":") });
    return machine;
  }

  test.each(Object.keys(IDENTITIES).filter((kind) => kind !== "secret"))(
    "comes up by %s, without a secret in the environment, the state or the log",
    async (kind) => {
      const machine = await on(kind);
      const { by = "no such kind", secret } = KINDS[kind] ?? {};
      const up = await stack.up("--debug");
      expect(up.code, up.output).toBe(0);
      expect(up.output).toContain(`Signs in to Microsoft Entra by: ${by}`);
      expect(machine).not.toHaveProperty("AZURE_CLIENT_SECRET");
      const given = secret === undefined ? [] : [machine[secret]];
      for (const text of [up.output, stack.stateText()]) {
        expect(text).not.toMatch(TOKEN);
        for (const value of given) expect(text).not.toContain(value);
      }
    },
  );

  test("hears what the federated credential has to have where it does not match", async () => {
    await on("github");
    await administer(sandbox, "set-pipeline", "github", { subject: "repo:northwind/mail:environment:production" });
    const { code, output } = await stack.preview();
    expect(code, output).not.toBe(0);
    expect(output).toContain("AADSTS700213");
    expect(output.replaceAll(/\s+/g, " ")).toContain(
      'has the issuer "https://token.actions.githubusercontent.com", the subject "repo:northwind/mail:environment:production" and the audience "api://AzureADTokenExchange": a federated credential of the application',
    );
    expect(output).not.toMatch(TOKEN);
  });
});
