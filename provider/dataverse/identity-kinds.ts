import type { TokenCredential } from "@azure/identity";
import { Fault } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import { exchangeAudienceOf } from "../schema/clouds.ts";
import type { Issuer } from "./assertions.ts";
import { type CertificateSource, certificatePem } from "./certificate.ts";
import { credentialIn } from "./credential-file.ts";
import { type Given, type IdentityKind, kind, type SignInTools } from "./identity.ts";
import { azureDevOps, gitHubActions, givenToken, tokenFile } from "./issuers.ts";

const APPLICATION = ["tenantId", "clientId"] as const;
const SECRET_FILE = { name: "the client secret", limitBytes: 4096, hint: "Check clientSecretFilePath." };
const application = ({ clientId }: { readonly clientId: string }) => `as application ${clientId}`;

/** All kinds, in the order in which they count. */
export const IDENTITY_KINDS: readonly IdentityKind[] = [
  kind({
    title: "client certificate",
    begins: ["clientCertificate"],
    needs: [...APPLICATION, "clientCertificate"],
    takes: ["clientCertificatePassword", "sendCertificateChain"],
    setUp: "PFX in base64, or PEM; with its private key, RSA.",
    who: application,
    credential: (given, tools) => certificateOf(given, { value: given.clientCertificate }, tools),
  }),
  kind({
    title: "client certificate in a file",
    begins: ["clientCertificatePath"],
    needs: [...APPLICATION, "clientCertificatePath"],
    takes: ["clientCertificatePassword", "sendCertificateChain"],
    setUp: "PFX or PEM, with its private key, RSA.",
    who: application,
    credential: (given, tools) => certificateOf(given, { path: given.clientCertificatePath }, tools),
  }),
  kind({
    title: "client secret",
    begins: ["clientSecret"],
    needs: [...APPLICATION, "clientSecret"],
    who: application,
    credential: (given, tools) => secretOf(given, given.clientSecret, tools),
  }),
  kind({
    title: "client secret in a file",
    begins: ["clientSecretFilePath"],
    needs: [...APPLICATION, "clientSecretFilePath"],
    who: application,
    credential: async (given, tools) =>
      secretOf(given, await credentialIn({ path: given.clientSecretFilePath, ...SECRET_FILE }), tools),
  }),
  kind({
    title: "Azure DevOps service connection",
    begins: ["adoPipelineServiceConnectionId"],
    switches: ["useOidc"],
    platform: ["SYSTEM_", "AZURESUBSCRIPTION_"],
    needs: [...APPLICATION, "adoPipelineServiceConnectionId", "oidcRequestUrl", "oidcRequestToken"],
    setUp:
      "The stage has to reference the service connection, as the task `AzureCLI@2` does with `azureSubscription`; `SYSTEM_ACCESSTOKEN: $(System.AccessToken)` in `env` of the step.",
    who: application,
    credential: (given, tools) =>
      federated(given, azureDevOps(given, given.adoPipelineServiceConnectionId, tools.network), tools),
  }),
  kind({
    title: "token in a file",
    begins: ["oidcTokenFilePath"],
    switches: ["useOidc", "useAksWorkloadIdentity"],
    platform: ["AZURE_FEDERATED_TOKEN_FILE"],
    needs: [...APPLICATION, "oidcTokenFilePath"],
    setUp: 'Kubernetes (AKS): the pod\'s label `azure.workload.identity/use: "true"`.',
    who: application,
    credential: (given, tools) => federated(given, tokenFile(given.oidcTokenFilePath), tools),
  }),
  kind({
    title: "token in a variable",
    begins: ["oidcToken"],
    switches: ["useOidc"],
    needs: [...APPLICATION, "oidcToken"],
    setUp:
      "GitLab: `id_tokens: {ARM_OIDC_TOKEN: {aud: api://AzureADTokenExchange}}`, and the job's `timeout:` above the longest run.",
    who: application,
    credential: (given, tools) => federated(given, givenToken(given.oidcToken), tools),
  }),
  kind({
    title: "GitHub Actions",
    begins: ["oidcRequestUrl"],
    switches: ["useOidc"],
    platform: ["ACTIONS_"],
    needs: [...APPLICATION, "oidcRequestUrl", "oidcRequestToken"],
    takes: ["oidcAudience"],
    setUp: "`permissions: id-token: write` of the job.",
    who: application,
    credential: (given, tools) => {
      const audience = given.oidcAudience ?? exchangeAudienceOf(tools.authority);
      return federated(given, gitHubActions(given, audience, tools.network), tools);
    },
  }),
  kind({
    title: "managed identity",
    begins: [],
    switches: ["useMsi"],
    needs: [],
    takes: ["clientId"],
    setUp: "On a virtual machine, App Service, Functions, Container Apps, Azure Arc.",
    check: "Check whether this runs on an Azure resource that has this managed identity; see clientId.",
    who: ({ clientId }) =>
      `as ${clientId === undefined ? "the system-assigned managed identity" : `the managed identity ${clientId}`}`,
    credential: async ({ clientId }, tools) => {
      refuseTokenExchange(process.env);
      const { ManagedIdentityCredential } = await import("@azure/identity");
      return new ManagedIdentityCredential({ ...optionsOf(tools), ...(clientId !== undefined && { clientId }) });
    },
  }),
  kind({
    title: "Azure CLI",
    begins: [],
    switches: ["useCli"],
    needs: [],
    takes: ["tenantId"],
    setUp: "`az login`, on a workstation.",
    check: "Run `az login --tenant …` for the tenant of the environment.",
    who: () => "as who is signed in to the Azure CLI",
    credential: async ({ tenantId }, { deadline }) => {
      const { AzureCliCredential } = await import("@azure/identity");
      const cli = new AzureCliCredential({
        // Ends what nobody waits for any more: who waits hears of it before.
        processTimeoutInMs: CLI_LIMIT_MS + 1000,
        ...(tenantId !== undefined && { tenantId }),
      });
      return { getToken: (scope) => within(deadline, cli.getToken(scope)) };
    },
  }),
];

/** The library then signs in by that file whatever it is asked for, and by a way out of its own, which knows neither proxy nor CA file. */
function refuseTokenExchange(environment: NodeJS.ProcessEnv): void {
  if (!environment["AZURE_FEDERATED_TOKEN_FILE"] || !environment["AZURE_TENANT_ID"]) return;
  throw new Fault({
    kind: "invalid-input",
    what: "useMsi is set in a workload of Kubernetes that has an identity of its own (AZURE_FEDERATED_TOKEN_FILE)",
    hint: "Set useAksWorkloadIdentity in its place.",
  });
}

/** Longest time for the Azure CLI, which starts slowly and may have to sign in anew. */
const CLI_LIMIT_MS = 20_000;

async function within<T>(outer: Deadline, work: Promise<T>): Promise<T> {
  const deadline = outer.sooner(CLI_LIMIT_MS);
  try {
    return await deadline.race(work, "`az account get-access-token`");
  } finally {
    deadline[Symbol.dispose]();
  }
}

/** Repeats are ours. */
function optionsOf({ authority, httpClient }: SignInTools) {
  return { authorityHost: authority, httpClient, retryOptions: { maxRetries: 0 } };
}

async function secretOf(
  { tenantId, clientId }: Given<"tenantId" | "clientId">,
  secret: string,
  tools: SignInTools,
): Promise<TokenCredential> {
  const { ClientSecretCredential } = await import("@azure/identity");
  return new ClientSecretCredential(tenantId, clientId, secret, optionsOf(tools));
}

async function certificateOf(
  given: Given<"tenantId" | "clientId">,
  source: CertificateSource,
  tools: SignInTools,
): Promise<TokenCredential> {
  const certificate = await certificatePem(source, given.clientCertificatePassword);
  const { ClientCertificateCredential } = await import("@azure/identity");
  return new ClientCertificateCredential(
    given.tenantId,
    given.clientId,
    { certificate },
    { ...optionsOf(tools), sendCertificateChain: given.sendCertificateChain ?? false },
  );
}

async function federated(
  { tenantId, clientId }: Given<"tenantId" | "clientId">,
  issuer: Issuer,
  tools: SignInTools,
): Promise<TokenCredential> {
  const { ClientAssertionCredential } = await import("@azure/identity");
  return new ClientAssertionCredential(tenantId, clientId, () => tools.assertion(issuer), optionsOf(tools));
}
