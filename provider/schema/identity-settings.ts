import { Type } from "typebox";
import { TEXT } from "./forms.ts";
import { GUID } from "./guid.ts";

const HTTPS = { pattern: "^https://[^\\s]+$", form: "a URL that begins with https://" } as const;

/** Beginnings of variables, in the order in which they are looked for, and whose they are. What a platform sets by itself comes after them. */
export const VARIABLE_FAMILIES = {
  GMAILSYNC_: "ours",
  AZURE_: "Azure's libraries",
  ARM_: "Pulumi's providers for Azure",
  POWER_PLATFORM_: "tools for Power Platform",
} as const;

/**
 * Settings of the identity that signs in to Microsoft Entra, named as Pulumi's provider for Entra (`azuread`) names them. Their variables
 * stand in the order of the families.
 */
export const IDENTITY_SETTINGS = {
  tenantId: Type.Optional(
    Type.String({
      description: "Microsoft Entra tenant: its id or one of its domains.",
      pattern: "^[A-Za-z0-9.-]{1,255}$",
      guid: true,
      form: "a tenant id (GUID) or a domain such as contoso.onmicrosoft.com",
      environment: [
        "GMAILSYNC_TENANT_ID",
        "AZURE_TENANT_ID",
        "ARM_TENANT_ID",
        "POWER_PLATFORM_TENANT_ID",
        "AZURESUBSCRIPTION_TENANT_ID",
      ],
    }),
  ),
  clientId: Type.Optional(
    Type.String({
      description:
        "Application (client) id in Microsoft Entra; of a managed identity, that of the user-assigned one. It needs an application user in the environment.",
      ...GUID,
      form: "a GUID: the application (client) id in Microsoft Entra",
      environment: [
        "GMAILSYNC_CLIENT_ID",
        "AZURE_CLIENT_ID",
        "ARM_CLIENT_ID",
        "POWER_PLATFORM_CLIENT_ID",
        "AZURESUBSCRIPTION_CLIENT_ID",
      ],
    }),
  ),
  clientSecret: Type.Optional(
    Type.String({
      description: "Secret of that application.",
      minLength: 1,
      secret: true,
      environment: [
        "GMAILSYNC_CLIENT_SECRET",
        "AZURE_CLIENT_SECRET",
        "ARM_CLIENT_SECRET",
        "POWER_PLATFORM_CLIENT_SECRET",
      ],
    }),
  ),
  clientSecretFilePath: Type.Optional(
    Type.String({
      description: "File with that secret, as stores of secrets mount it, which is read at each sign-in.",
      ...TEXT,
      minLength: 1,
      environment: ["GMAILSYNC_CLIENT_SECRET_FILE_PATH", "ARM_CLIENT_SECRET_FILE_PATH"],
    }),
  ),
  clientCertificate: Type.Optional(
    Type.String({
      description:
        "Certificate of that application with its private key (RSA), instead of a secret: PFX (PKCS #12) in base64, or PEM as text or in base64.",
      minLength: 1,
      secret: true,
      environment: ["GMAILSYNC_CLIENT_CERTIFICATE", "ARM_CLIENT_CERTIFICATE", "POWER_PLATFORM_CLIENT_CERTIFICATE"],
    }),
  ),
  clientCertificatePath: Type.Optional(
    Type.String({
      description: "The same as a file, PFX or PEM, which is read at each sign-in.",
      ...TEXT,
      minLength: 1,
      environment: [
        "GMAILSYNC_CLIENT_CERTIFICATE_PATH",
        "AZURE_CLIENT_CERTIFICATE_PATH",
        "ARM_CLIENT_CERTIFICATE_PATH",
        "POWER_PLATFORM_CLIENT_CERTIFICATE_FILE_PATH",
      ],
    }),
  ),
  clientCertificatePassword: Type.Optional(
    Type.String({
      description: "Password of the certificate, where it has one.",
      secret: true,
      environment: [
        "GMAILSYNC_CLIENT_CERTIFICATE_PASSWORD",
        "AZURE_CLIENT_CERTIFICATE_PASSWORD",
        "ARM_CLIENT_CERTIFICATE_PASSWORD",
        "POWER_PLATFORM_CLIENT_CERTIFICATE_PASSWORD",
      ],
    }),
  ),
  sendCertificateChain: Type.Optional(
    Type.Boolean({
      description:
        "Sends the certificate and its chain along, which a registration that trusts subject name and issuer asks for.",
      environment: ["GMAILSYNC_SEND_CERTIFICATE_CHAIN", "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"],
    }),
  ),
  useOidc: Type.Optional(
    Type.Boolean({
      description:
        "Signs in by the token that an issuer has given to this job or workload, which the application trusts by a federated credential. `false` keeps it from being used.",
      environment: ["GMAILSYNC_USE_OIDC", "ARM_USE_OIDC", "POWER_PLATFORM_USE_OIDC"],
    }),
  ),
  oidcToken: Type.Optional(
    Type.String({
      description:
        "Such a token, of any issuer, as in GitLab's `id_tokens`. It cannot be renewed, so it has to live as long as the run.",
      minLength: 1,
      secret: true,
      environment: ["GMAILSYNC_OIDC_TOKEN", "ARM_OIDC_TOKEN"],
    }),
  ),
  oidcTokenFilePath: Type.Optional(
    Type.String({
      description: "File with such a token, of any issuer, which is read again when the one before has expired.",
      ...TEXT,
      minLength: 1,
      environment: ["GMAILSYNC_OIDC_TOKEN_FILE_PATH", "ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE"],
    }),
  ),
  oidcRequestUrl: Type.Optional(
    Type.String({
      description: "Where the runner gives such tokens. GitHub Actions and Azure DevOps set it.",
      ...HTTPS,
      environment: [
        "GMAILSYNC_OIDC_REQUEST_URL",
        "ARM_OIDC_REQUEST_URL",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "SYSTEM_OIDCREQUESTURI",
      ],
    }),
  ),
  oidcRequestToken: Type.Optional(
    Type.String({
      description:
        "By what the runner knows the job. GitHub Actions sets it with `permissions: id-token: write`; in Azure DevOps map it: `SYSTEM_ACCESSTOKEN: $(System.AccessToken)`.",
      minLength: 1,
      secret: true,
      environment: [
        "GMAILSYNC_OIDC_REQUEST_TOKEN",
        "ARM_OIDC_REQUEST_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "SYSTEM_ACCESSTOKEN",
      ],
    }),
  ),
  oidcAudience: Type.Optional(
    Type.String({
      description:
        "Audience that GitHub Actions is asked for. Default: that of the cloud, in the public one `api://AzureADTokenExchange`.",
      ...TEXT,
      minLength: 1,
      environment: ["GMAILSYNC_OIDC_AUDIENCE", "ARM_OIDC_AUDIENCE"],
    }),
  ),
  adoPipelineServiceConnectionId: Type.Optional(
    Type.String({
      description:
        "Id of the Azure DevOps service connection with workload identity federation. The stage that runs this has to reference the connection.",
      ...GUID,
      form: "a GUID: the id of the service connection",
      environment: [
        "GMAILSYNC_ADO_PIPELINE_SERVICE_CONNECTION_ID",
        "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
        "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
        "POWER_PLATFORM_AZDO_SERVICE_CONNECTION_ID",
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
      ],
    }),
  ),
  useAksWorkloadIdentity: Type.Optional(
    Type.Boolean({
      description: "Signs in by the token file of a workload in Kubernetes, such as Azure's (AKS).",
      environment: ["GMAILSYNC_USE_AKS_WORKLOAD_IDENTITY", "ARM_USE_AKS_WORKLOAD_IDENTITY"],
    }),
  ),
  useMsi: Type.Optional(
    Type.Boolean({
      description:
        "Signs in by the managed identity of the Azure resource that this runs on: the user-assigned one of `clientId`, else the system-assigned one.",
      environment: ["GMAILSYNC_USE_MSI", "ARM_USE_MSI", "POWER_PLATFORM_USE_MSI"],
    }),
  ),
  useCli: Type.Optional(
    Type.Boolean({
      description: "Signs in as who is signed in to the Azure CLI (`az login`), for a workstation.",
      environment: ["GMAILSYNC_USE_CLI", "ARM_USE_CLI", "POWER_PLATFORM_USE_CLI"],
    }),
  ),
} as const;
