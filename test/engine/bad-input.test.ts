import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { testSandbox, writes } from "../support/sandbox.ts";
import { blocks, type CommandResult, type StackOptions, TestStack } from "../support/stack.ts";

interface Case {
  readonly name: string;
  readonly resources: string;
  readonly stack?: StackOptions;
  readonly secret?: string;
  /** What the preview has to say. */
  readonly says: readonly string[];
}

const NOBODY = "00000000-0000-4000-8000-00000000dead";
const WRONG_SECRET = "GOCSPX-planted-wrong-secret-0001";

const CASES: readonly Case[] = [
  {
    name: "no configuration at all",
    resources: blocks.profile(),
    stack: { environment: { GMAILSYNC_ENVIRONMENT_URL: undefined, AZURE_CLIENT_SECRET: undefined } },
    says: ["gmailsync:environmentUrl", "gmailsync:clientSecret", "GMAILSYNC_ENVIRONMENT_URL"],
  },
  {
    name: "an environment URL with a path",
    resources: blocks.profile(),
    stack: { environment: { GMAILSYNC_ENVIRONMENT_URL: "https://contoso.crm.dynamics.com/main.aspx" } },
    says: ["environmentUrl", "GMAILSYNC_ENVIRONMENT_URL", "without a path"],
  },
  {
    name: "a cloud that the environment is not in",
    resources: blocks.profile(),
    stack: { environment: { POWER_PLATFORM_CLOUD: "gcchigh" } },
    says: ["cloud", "POWER_PLATFORM_CLOUD", "is gcchigh, but contoso.crm.dynamics.com", "is a host of public"],
  },
  {
    name: "half of an identity",
    resources: blocks.profile(),
    stack: { environment: { AZURE_TENANT_ID: undefined } },
    says: ["client secret, begun by clientSecret (AZURE_CLIENT_SECRET), lacks tenantId (AZURE_TENANT_ID)"],
  },
  {
    name: "two identities",
    resources: blocks.profile(),
    stack: { environment: { AZURE_CLIENT_CERTIFICATE_PATH: "planted.pem" } },
    says: [
      "More than one identity for Microsoft Entra is given",
      "AZURE_CLIENT_CERTIFICATE_PATH",
      "AZURE_CLIENT_SECRET",
    ],
  },
  {
    name: "a wrong application secret",
    resources: blocks.mailbox("anna", "", NOBODY),
    stack: { environment: { AZURE_CLIENT_SECRET: "planted-wrong-entra-secret" } },
    says: ["AADSTS7000215", "clientSecret is wrong"],
  },
  {
    name: "a certificate that is not trusted, with verification switched off for Node.js",
    resources: blocks.profile(),
    stack: { environment: { NODE_TLS_REJECT_UNAUTHORIZED: "0", GMAILSYNC_CA_FILE: undefined } },
    says: ["NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect here", "not trusted here", "GMAILSYNC_CA_FILE"],
  },
  {
    name: "a malformed address",
    resources: blocks.mailbox("anna", "", NOBODY).replace("anna@northwind.example", "anna at northwind"),
    says: ["emailAddress", "must be one mail address such as anna@example.com"],
  },
  {
    name: "a wrong Google secret",
    resources: blocks.google,
    secret: WRONG_SECRET,
    says: ["The provided client secret is invalid", "SECRET_WRONG", "https://console.cloud.google.com/auth/clients/"],
  },
  {
    name: "a Google secret of an impossible form, which is not shown",
    resources: blocks.google,
    secret: "planted with spaces",
    says: ["clientSecret must be a client secret without spaces"],
  },
];

describe("bad input is told at preview, by name, with what to do", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await testSandbox();
  });

  const preview = async ({ resources, stack: options, secret }: Case): Promise<CommandResult> => {
    const stack = new TestStack(sandbox, options);
    await stack.init(resources, secret);
    return stack.preview();
  };

  test.concurrent.each(CASES)("$name", async (given) => {
    const { code, output } = await preview(given);
    expect(code).not.toBe(0);
    for (const text of given.says) expect(output).toContain(text);
    expect(output).not.toMatch(/planted/);
    expect(output).not.toMatch(/^\s+at .*\.ts:\d+/m);
    expect(output).not.toMatch(/Please report/);
  });

  test.concurrent("what has no effect is told once, at the provider", async () => {
    const stack = new TestStack(sandbox, { environment: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } });
    await stack.init(blocks.profile());
    const { code, output } = await stack.preview();
    expect(code).toBe(0);
    expect(output).toMatch(/Diagnostics:\s+pulumi:providers:gmailsync \(default\):\s+warning: NODE_TLS_REJECT_UNAUTH/);
    expect(output).toContain("1 warning");
  });

  test("and nothing was written", () => {
    expect(writes(sandbox)).toEqual([]);
  });
});
