// Generated from the definitions by `npm run schema`.

import type { Input, ResourceOptions } from "@pulumi/pulumi";

import { GmailsyncProvider } from "./plugin-provider.ts";

import type { MailCredentialArgs } from "./resources.ts";

/** Microsoft's clouds. */
export const Cloud = { Public: "public", Gcc: "gcc", Gcchigh: "gcchigh", Dod: "dod", China: "china" } as const;
export type Cloud = (typeof Cloud)[keyof typeof Cloud];

/** The way out to Microsoft and Google. TLS is always verified. */
export interface NetworkArgs {
  /** Where connections really go, as in `curl --connect-to`: `{"imap.gmail.com:993": "127.0.0.1:40993"}`. Names, URLs and the verification of certificates stay those of the left side. In the environment: `GMAILSYNC_CONNECT_TO=host:port=host:port,…`. */
  readonly connectTo?: Input<Readonly<Record<string, Input<string>>>> | undefined;
  /** PEM file of certification authorities that are trusted beside the usual ones. In the environment: `GMAILSYNC_CA_FILE`. */
  readonly caFile?: Input<string> | undefined;
}

/** Settings of a provider; what is left out comes from the environment. */
export interface ProviderArgs {
  /** URL of the Dynamics 365 (Dataverse) environment, without a path: `https://contoso.crm.dynamics.com`. */
  environmentUrl?: Input<string> | undefined;
  /** Microsoft's cloud in which the application signs in. Default: `AZURE_AUTHORITY_HOST` where the environment has it, else the cloud that the host of `environmentUrl` tells, else the public one. Only an environment with a host name of its own in another cloud needs it. One of `public`, `gcc`, `gcchigh`, `dod`, `china`. */
  cloud?: Input<Cloud> | undefined;
  /** Allows the stack to move to another environment: the organization's id of the new one. What the stack has set up in the old one is put back first, then everything is made in the new one; the identity has to be allowed in both. Without it another environment is refused. */
  allowMove?: Input<string> | undefined;
  /** Microsoft Entra tenant: its id or one of its domains. */
  tenantId?: Input<string> | undefined;
  /** Application (client) id in Microsoft Entra; of a managed identity, that of the user-assigned one. It needs an application user in the environment. */
  clientId?: Input<string> | undefined;
  /** Secret of that application. */
  clientSecret?: Input<string> | undefined;
  /** File with that secret, as stores of secrets mount it, which is read at each sign-in. */
  clientSecretFilePath?: Input<string> | undefined;
  /** Certificate of that application with its private key (RSA), instead of a secret: PFX (PKCS #12) in base64, or PEM as text or in base64. */
  clientCertificate?: Input<string> | undefined;
  /** The same as a file, PFX or PEM, which is read at each sign-in. */
  clientCertificatePath?: Input<string> | undefined;
  /** Password of the certificate, where it has one. */
  clientCertificatePassword?: Input<string> | undefined;
  /** Sends the certificate and its chain along, which a registration that trusts subject name and issuer asks for. */
  sendCertificateChain?: Input<boolean> | undefined;
  /** Signs in by the token that an issuer has given to this job or workload, which the application trusts by a federated credential. `false` keeps it from being used. */
  useOidc?: Input<boolean> | undefined;
  /** Such a token, of any issuer, as in GitLab's `id_tokens`. It cannot be renewed, so it has to live as long as the run. */
  oidcToken?: Input<string> | undefined;
  /** File with such a token, of any issuer, which is read again when the one before has expired. */
  oidcTokenFilePath?: Input<string> | undefined;
  /** Where the runner gives such tokens. GitHub Actions and Azure DevOps set it. */
  oidcRequestUrl?: Input<string> | undefined;
  /** By what the runner knows the job. GitHub Actions sets it with `permissions: id-token: write`; in Azure DevOps map it: `SYSTEM_ACCESSTOKEN: $(System.AccessToken)`. */
  oidcRequestToken?: Input<string> | undefined;
  /** Audience that GitHub Actions is asked for. Default: that of the cloud, in the public one `api://AzureADTokenExchange`. */
  oidcAudience?: Input<string> | undefined;
  /** Id of the Azure DevOps service connection with workload identity federation. The stage that runs this has to reference the connection. */
  adoPipelineServiceConnectionId?: Input<string> | undefined;
  /** Signs in by the token file of a workload in Kubernetes, such as Azure's (AKS). */
  useAksWorkloadIdentity?: Input<boolean> | undefined;
  /** Signs in by the managed identity of the Azure resource that this runs on: the user-assigned one of `clientId`, else the system-assigned one. */
  useMsi?: Input<boolean> | undefined;
  /** Signs in as who is signed in to the Azure CLI (`az login`), for a workstation. */
  useCli?: Input<boolean> | undefined;
  /** Where tokens for the mailboxes' own logins come from, for every activation that has no `credential` of its own; in the environment as JSON. A service account's key serves them all: the key file itself is taken, too. */
  mailCredential?: Input<MailCredentialArgs> | undefined;
  /** Hosts beside Gmail's own that may be given tokens for mailboxes, when an email server profile names them: exact names, on any port, without wildcards. Without it a profile that names another host gets no token, and its mailboxes are not tested. In the environment separated by commas. */
  mailHosts?: Input<readonly Input<string>[]> | undefined;
  /** How many Test & Enable may be scheduled at the same time. */
  maxConcurrentTests?: Input<number> | undefined;
  /** How many requests to Dataverse may be on their way at the same time. Default: 16. It is halved each time Dataverse asks for a pause, and grows again up to this; from 52 on Dataverse refuses. */
  maxConcurrentRequests?: Input<number> | undefined;
  /** Lets nothing be written to Microsoft or Google, whatever is asked for: `pulumi preview`, `refresh` and `import` work, `up` and `destroy` fail before they begin. It holds as soon as one of the provider's settings, the stack's configuration and the environment says `true`. */
  readOnly?: Input<boolean> | undefined;
  /** The way out to Microsoft and Google. TLS is always verified. */
  network?: Input<NetworkArgs> | undefined;
}

/** A provider with settings of its own, for the `provider` of resources. What is given here is stored in the state, secrets encrypted. */
export class Provider extends GmailsyncProvider {
  constructor(name: string, args: ProviderArgs = {}, options: ResourceOptions = {}) {
    super(
      [
        "clientSecret",
        "clientCertificate",
        "clientCertificatePassword",
        "oidcToken",
        "oidcRequestToken",
        "mailCredential",
      ],
      name,
      { ...args },
      options,
    );
  }
}
