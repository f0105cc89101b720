import { describe, expect, test } from "vitest";
import { configure } from "../../provider/host/configuration.ts";
import { mask } from "../../provider/redaction/secrets.ts";
import { properties } from "../../provider/schema/define.ts";
import { VARIABLE_FAMILIES } from "../../provider/schema/identity-settings.ts";
import { ProviderConfiguration } from "../../provider/schema/provider-configuration.ts";
import type { Tree } from "../../provider/values.ts";

const TENANT = "11111111-1111-4111-8111-111111111111";
const CLIENT = "22222222-2222-4222-8222-222222222222";
const CONNECTION = "55555555-5555-4555-8555-555555555555";
const URL = { GMAILSYNC_ENVIRONMENT_URL: "https://contoso.crm.dynamics.com" };
const APPLICATION = { ...URL, AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT };
const GITHUB = {
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example/?a=b",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "planted-request-token",
};
const DEVOPS = { SYSTEM_OIDCREQUESTURI: "https://dev.example/oidctoken", SYSTEM_ACCESSTOKEN: "planted-system-token" };

type Variables = Readonly<Record<string, string>>;

/** By what the provider signs in with these settings. */
function chosen(settings: Tree, environment: Variables): string {
  const configured = configure(settings, environment);
  return "services" in configured ? configured.services.signsInBy : "nothing";
}

describe("the identity is the one", () => {
  test.each<[string, Tree, Variables, string]>([
    [
      "of the program before the environment's",
      { clientSecret: "planted-1" },
      { AZURE_CLIENT_CERTIFICATE_PATH: "/c" },
      "client secret, as application 22222222-2222-4222-8222-222222222222, by clientSecret",
    ],
    ["of the program's switch", { useMsi: "true" }, { AZURE_CLIENT_SECRET: "planted-1" }, "managed identity"],
    ["of our variables", {}, { GMAILSYNC_USE_CLI: "True", AZURE_CLIENT_SECRET: "planted-1" }, "Azure CLI"],
    [
      "of Azure's libraries before Pulumi's providers",
      {},
      { AZURE_CLIENT_SECRET: "planted-1", ARM_CLIENT_CERTIFICATE_PATH: "/c" },
      "by clientSecret (AZURE_CLIENT_SECRET)",
    ],
    [
      "of Pulumi's providers before Power Platform's tools",
      {},
      { POWER_PLATFORM_CLIENT_SECRET: "planted-1", ARM_USE_MSI: "1" },
      "by useMsi (ARM_USE_MSI)",
    ],
    [
      "of Power Platform's tools before the platform's",
      {},
      { ...GITHUB, POWER_PLATFORM_CLIENT_SECRET: "planted-1" },
      "client secret",
    ],
    ["of the platform where there is no other", {}, GITHUB, "GitHub Actions"],
    [
      "of Kubernetes' platform after a secret",
      {},
      { AZURE_FEDERATED_TOKEN_FILE: "/t", AZURE_CLIENT_SECRET: "planted-1" },
      "client secret",
    ],
    ["that useOidc finds in GitHub", {}, { ...GITHUB, ARM_USE_OIDC: "true" }, "GitHub Actions"],
    [
      "that useOidc finds in a pipeline of Azure DevOps",
      {},
      { ...DEVOPS, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "planted-token" },
      "token in a variable",
    ],
    [
      "that can be renewed",
      {},
      {
        ...DEVOPS,
        ARM_USE_OIDC: "true",
        ARM_OIDC_TOKEN: "planted-token",
        AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: CONNECTION,
      },
      "Azure DevOps service connection",
    ],
    [
      "that useAksWorkloadIdentity finds",
      {},
      { ...GITHUB, ARM_USE_AKS_WORKLOAD_IDENTITY: "true", AZURE_FEDERATED_TOKEN_FILE: "/t" },
      "token in a file",
    ],
  ])("%s", (_, settings, environment, says) => {
    expect(chosen(settings, { ...APPLICATION, ...environment })).toContain(says);
  });

  test.each<[string, Tree, Variables]>([
    ["that a switch has taken out", { useOidc: "false" }, GITHUB],
    ["that another platform's variables would begin", {}, DEVOPS],
    ["that a switch of false would begin", {}, { ARM_USE_MSI: "false", ARM_USE_CLI: "0" }],
  ])("and none %s", (_, settings, environment) => {
    expect(chosen(settings, { ...APPLICATION, ...environment })).toBe("nothing");
  });

  test("and nothing of its secrets is told, though all are known", () => {
    const secrets = { clientSecret: "planted-secret-value", oidcRequestToken: "planted-request-value" };
    expect(chosen(secrets, APPLICATION)).not.toContain("planted");
    for (const secret of Object.values(secrets)) expect(mask(`said ${secret}`)).toBe("said [secret]");
  });
});

describe("one error tells", () => {
  const CASES: [string, Tree, Variables, readonly string[]][] = [
    [
      "what half of an identity lacks",
      {},
      { ...URL, AZURE_CLIENT_SECRET: "planted-1" },
      [
        "client secret, begun by clientSecret (AZURE_CLIENT_SECRET), lacks tenantId (AZURE_TENANT_ID) and clientId (AZURE_CLIENT_ID).",
      ],
    ],
    [
      "what a job of GitHub lacks",
      {},
      { ...URL, ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example/?a=b" },
      [
        "GitHub Actions, begun by oidcRequestUrl (ACTIONS_ID_TOKEN_REQUEST_URL), lacks tenantId (AZURE_TENANT_ID), clientId (AZURE_CLIENT_ID) and oidcRequestToken (ACTIONS_ID_TOKEN_REQUEST_TOKEN)",
        "id-token: write",
      ],
    ],
    [
      "what a pipeline of Azure DevOps lacks",
      {},
      { ...APPLICATION, ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: CONNECTION },
      ["oidcRequestUrl (SYSTEM_OIDCREQUESTURI) and oidcRequestToken (SYSTEM_ACCESSTOKEN)", "$(System.AccessToken)"],
    ],
    [
      "what each of those lacks that useOidc asks for",
      { useOidc: true },
      APPLICATION,
      [
        "Azure DevOps service connection, begun by useOidc, lacks adoPipelineServiceConnectionId",
        "token in a file, begun by useOidc, lacks oidcTokenFilePath",
        "token in a variable, begun by useOidc, lacks oidcToken",
        "GitHub Actions, begun by useOidc, lacks oidcRequestUrl",
      ],
    ],
    [
      "of a secret beside a certificate",
      {},
      { ...APPLICATION, AZURE_CLIENT_SECRET: "planted-1", AZURE_CLIENT_CERTIFICATE_PATH: "/c" },
      [
        "More than one identity",
        "client certificate in a file by clientCertificatePath (AZURE_CLIENT_CERTIFICATE_PATH)",
        "client secret by clientSecret (AZURE_CLIENT_SECRET)",
        "Leave one.",
      ],
    ],
    [
      "of two switches",
      { useMsi: true, useCli: true },
      URL,
      ["More than one identity", "managed identity by useMsi; Azure CLI by useCli"],
    ],
    [
      "of two that contradict, and what they lack",
      { clientSecret: "planted-1", clientCertificate: "planted-2" },
      { ...URL, AZURE_TENANT_ID: TENANT },
      [
        "client certificate by clientCertificate, which lacks clientId (AZURE_CLIENT_ID)",
        "client secret by clientSecret, which lacks clientId (AZURE_CLIENT_ID)",
      ],
    ],
  ];

  test.each(CASES)("%s", (_, settings, environment, says) => {
    const start = () => configure(settings, environment);
    for (const words of [...says, "docs/identities.md"]) expect(start).toThrow(words);
    expect(start).not.toThrow("planted");
  });

  test("where nothing is given, the settings of the commonest, and the way without a secret", () => {
    const configured = configure({}, {});
    const missing = "missing" in configured ? configured.missing : [];
    expect(missing.map(({ name }) => name)).toEqual(["environmentUrl", "tenantId", "clientId", "clientSecret"]);
    expect(missing.at(-1)?.description).toMatch(/id-token: write.*docs\/identities\.md/);
  });
});

test("variables stand in the order of their families, a platform's own at the end", () => {
  const families = Object.keys(VARIABLE_FAMILIES);
  for (const [name, { environment = [] }] of Object.entries(properties(ProviderConfiguration))) {
    const places = environment.map((variable) => {
      const place = families.findIndex((beginning) => variable.startsWith(beginning));
      return place < 0 || variable === "AZURE_FEDERATED_TOKEN_FILE" ? families.length : place;
    });
    expect(places, name).toEqual(places.toSorted((a, b) => a - b));
  }
});
