/** Where a machine finds this sandbox, whoever it signs in as. */
export const WHERE = ["GMAILSYNC_CONNECT_TO", "GMAILSYNC_CA_FILE", "GMAILSYNC_ENVIRONMENT_URL"] as const;

const APPLICATION = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"] as const;

/** By what a pipeline is somebody to Google, too. */
const GOOGLE = ["GOOGLE_APPLICATION_CREDENTIALS", "GMAILSYNC_MAIL_CREDENTIAL"] as const;

/** By what a machine may sign in to Entra: what is said of it, and the variables that it has for it. They end in a shell, so no other is passed on. */
export const IDENTITIES = {
  secret: { summary: "a client secret", variables: [...APPLICATION, "AZURE_CLIENT_SECRET"] },
  certificate: { summary: "a certificate in a file", variables: [...APPLICATION, "AZURE_CLIENT_CERTIFICATE_PATH"] },
  github: {
    summary: "a job of GitHub Actions",
    variables: [...APPLICATION, "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", ...GOOGLE],
  },
  "azure-devops": {
    summary: "a step of Azure DevOps with a service connection",
    variables: [
      "AZURESUBSCRIPTION_TENANT_ID",
      "AZURESUBSCRIPTION_CLIENT_ID",
      "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
      "SYSTEM_OIDCREQUESTURI",
      "SYSTEM_ACCESSTOKEN",
      ...GOOGLE,
    ],
  },
  gitlab: { summary: "a job of GitLab with an id token", variables: [...APPLICATION, "ARM_OIDC_TOKEN", ...GOOGLE] },
  aks: {
    summary: "a workload of Kubernetes",
    variables: [...APPLICATION, "AZURE_AUTHORITY_HOST", "AZURE_FEDERATED_TOKEN_FILE"],
  },
  "managed-identity": {
    summary: "a managed identity of App Service",
    variables: ["ARM_USE_MSI", "IDENTITY_ENDPOINT", "IDENTITY_HEADER"],
  },
  imds: {
    summary: "a managed identity of a virtual machine, whose address a variable names",
    variables: ["ARM_USE_MSI", "AZURE_POD_IDENTITY_AUTHORITY_HOST"],
  },
  "azure-cli": { summary: "a workstation after az login", variables: ["ARM_USE_CLI", "PATH"] },
} as const;

export type IdentityKind = keyof typeof IDENTITIES;
