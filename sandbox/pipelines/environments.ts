import { X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ENTRA_HOSTS } from "../entra/authorities.ts";
import { newCertificate } from "../entra/new-certificate.ts";
import { type EntraApplication, EXCHANGE_AUDIENCE } from "../entra/state.ts";
import type { SandboxInfo } from "../info.ts";
import { Unknown } from "../order.ts";
import type { World } from "../world.ts";
import { writeWhole } from "../write-whole.ts";
import { azureCliFiles } from "./azure-cli.ts";
import { googleCredentials } from "./google-credentials.ts";
import { idToken } from "./id-token.ts";
import { IDENTITIES, type IdentityKind } from "./identities.ts";
import { AZURE_DEVOPS_REQUEST_URL, GITHUB_REQUEST_URL, SERVICE_CONNECTION } from "./kinds.ts";

export type Variables = Readonly<Record<string, string>>;

/** What the environments are made of. */
export interface Machine {
  readonly world: () => World;
  /** The sandbox's own folder, for files that a machine has. */
  readonly directory: string;
  readonly jobToken: string;
  readonly managedIdentity: { readonly url: string; readonly header: string };
  readonly admin: SandboxInfo["admin"];
}

type Maker = (machine: Machine, application: EntraApplication) => Promise<Variables> | Variables;

const MAKERS: Readonly<Record<IdentityKind, Maker>> = {
  secret: ({ world }, { clientId, secrets: [secret] }) => ({
    ...named(world(), clientId),
    AZURE_CLIENT_SECRET: secret?.value ?? "",
  }),
  certificate: async ({ world, directory }, application) => ({
    ...named(world(), application.clientId),
    AZURE_CLIENT_CERTIFICATE_PATH: await certificateFile(directory, application),
  }),
  github: async (machine, { clientId }) => ({
    ...named(machine.world(), clientId),
    ...(machine.world().pipelines.github.granted && {
      ACTIONS_ID_TOKEN_REQUEST_URL: GITHUB_REQUEST_URL,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: machine.jobToken,
    }),
    ...(await googleCredentials(machine, "github")),
  }),
  "azure-devops": async (machine, { clientId }) => ({
    AZURESUBSCRIPTION_TENANT_ID: machine.world().entra.tenantId,
    AZURESUBSCRIPTION_CLIENT_ID: clientId,
    AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: SERVICE_CONNECTION,
    SYSTEM_OIDCREQUESTURI: AZURE_DEVOPS_REQUEST_URL,
    SYSTEM_ACCESSTOKEN: machine.jobToken,
    ...(await googleCredentials(machine, "azure-devops")),
  }),
  gitlab: async (machine, { clientId }) => ({
    ...named(machine.world(), clientId),
    ARM_OIDC_TOKEN: await idToken(machine.world().pipelines.gitlab, EXCHANGE_AUDIENCE),
    ...(await googleCredentials(machine, "gitlab")),
  }),
  aks: async ({ world, directory }, { clientId }) => {
    const file = join(directory, "azure-identity-token");
    writeWhole(file, await idToken(world().pipelines.aks, undefined));
    return {
      ...named(world(), clientId),
      AZURE_AUTHORITY_HOST: `https://${ENTRA_HOSTS[0]}/`,
      AZURE_FEDERATED_TOKEN_FILE: file,
    };
  },
  "managed-identity": ({ managedIdentity: { url, header } }) => ({
    ARM_USE_MSI: "true",
    IDENTITY_ENDPOINT: `${url}/msi/token`,
    IDENTITY_HEADER: header,
  }),
  imds: ({ managedIdentity: { url } }) => ({ ARM_USE_MSI: "true", AZURE_POD_IDENTITY_AUTHORITY_HOST: url }),
  "azure-cli": ({ directory, admin }, { clientId }) => {
    const bin = join(directory, "bin");
    mkdirSync(bin, { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(azureCliFiles(process.platform, process.execPath, admin, clientId))) {
      writeWhole(join(bin, name), text);
      chmodSync(join(bin, name), 0o700);
    }
    return { ARM_USE_CLI: "true", PATH: bin };
  },
};

/** What a machine has by which somebody signs in to Entra as the world's first application, and nothing else. */
export async function environmentOf(machine: Machine, given: string): Promise<Variables> {
  const kind = Object.keys(IDENTITIES).find((known) => known === given);
  const [application] = machine.world().entra.applications;
  if (kind === undefined || !isKind(kind))
    throw new Unknown(`there is no identity ${given}; there are ${Object.keys(IDENTITIES).join(", ")}`);
  if (!application) throw new Unknown("the world has no application that could sign in");
  return MAKERS[kind](machine, application);
}

function isKind(name: string): name is IdentityKind {
  return Object.hasOwn(MAKERS, name);
}

function named({ entra }: World, clientId: string): Variables {
  return { AZURE_TENANT_ID: entra.tenantId, AZURE_CLIENT_ID: clientId };
}

/** The application's certificate with its key in a file; made when the application does not know the one that is there. */
async function certificateFile(directory: string, application: EntraApplication): Promise<string> {
  const file = join(directory, "certificate.pem");
  const kept = certificateIn(file);
  if (kept !== undefined && application.certificates.includes(kept)) return file;
  const { certificate, key } = await newCertificate(application.name, 365);
  application.certificates.push(new X509Certificate(certificate).toString());
  writeWhole(file, `${key}${certificate}`);
  return file;
}

function certificateIn(file: string): string | undefined {
  try {
    return new X509Certificate(readFileSync(file)).toString();
  } catch {
    return undefined;
  }
}
