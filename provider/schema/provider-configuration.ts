import { type Static, Type } from "typebox";
import { CLOUDS } from "./clouds.ts";
import { ENVIRONMENT_URL } from "./environment-url.ts";
import { TEXT } from "./forms.ts";
import { GUID } from "./guid.ts";
import { IDENTITY_SETTINGS } from "./identity-settings.ts";
import { MailCredential } from "./mail-credential.ts";
import { HOST } from "./mail-hosts.ts";

/** The way out: the same for a proxy's private CA, a test environment and the sandbox. */
const NetworkConfiguration = Type.Object(
  {
    connectTo: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'Where connections really go, as in `curl --connect-to`: `{"imap.gmail.com:993": "127.0.0.1:40993"}`. Names, URLs and the verification of certificates stay those of the left side. In the environment: `GMAILSYNC_CONNECT_TO=host:port=host:port,…`.',
        additionalProperties: false,
        form: "hosts and ports on one line",
      }),
    ),
    caFile: Type.Optional(
      Type.String({
        description:
          "PEM file of certification authorities that are trusted beside the usual ones. In the environment: `GMAILSYNC_CA_FILE`.",
        ...TEXT,
      }),
    ),
  },
  {
    title: "Network",
    additionalProperties: false,
    description: "The way out to Microsoft and Google. TLS is always verified.",
  },
);

/** Configuration of the provider. Credentials are best left to the environment: then they are never stored. */
export const ProviderConfiguration = Type.Object(
  {
    environmentUrl: Type.Optional(
      Type.String({
        description:
          "URL of the Dynamics 365 (Dataverse) environment, without a path: `https://contoso.crm.dynamics.com`.",
        ...ENVIRONMENT_URL,
        environment: ["GMAILSYNC_ENVIRONMENT_URL"],
      }),
    ),
    cloud: Type.Optional(
      Type.Enum(CLOUDS, {
        title: "Cloud",
        typeDescription: "Microsoft's clouds.",
        description:
          "Microsoft's cloud in which the application signs in. Default: `AZURE_AUTHORITY_HOST` where the environment has it, else the cloud that the host of `environmentUrl` tells, else the public one. Only an environment with a host name of its own in another cloud needs it.",
        environment: ["POWER_PLATFORM_CLOUD"],
      }),
    ),
    allowMove: Type.Optional(
      Type.String({
        description:
          "Allows the stack to move to another environment: the organization's id of the new one. What the stack has set up in the old one is put back first, then everything is made in the new one; the identity has to be allowed in both. Without it another environment is refused.",
        ...GUID,
        form: "a GUID: the organization's id of the new environment, which the refusal names",
      }),
    ),
    ...IDENTITY_SETTINGS,
    mailCredential: Type.Optional({
      ...MailCredential,
      description:
        "Where tokens for the mailboxes' own logins come from, for every activation that has no `credential` of its own; in the environment as JSON. A service account's key serves them all: the key file itself is taken, too.",
      secret: true,
      environment: ["GMAILSYNC_MAIL_CREDENTIAL"],
    }),
    mailHosts: Type.Optional(
      Type.Array(Type.String({ ...HOST, description: "One host." }), {
        description:
          "Hosts beside Gmail's own that may be given tokens for mailboxes, when an email server profile names them: exact names, on any port, without wildcards. Without it a profile that names another host gets no token, and its mailboxes are not tested. In the environment separated by commas.",
        environment: ["GMAILSYNC_MAIL_HOSTS"],
        maxItems: 100,
      }),
    ),
    maxConcurrentTests: Type.Integer({
      description: "How many Test & Enable may be scheduled at the same time.",
      minimum: 1,
      maximum: 1000,
      default: 50,
    }),
    maxConcurrentRequests: Type.Optional(
      Type.Integer({
        description:
          "How many requests to Dataverse may be on their way at the same time. Default: 16. It is halved each time Dataverse asks for a pause, and grows again up to this; from 52 on Dataverse refuses.",
        environment: ["GMAILSYNC_MAX_CONCURRENT_REQUESTS"],
        minimum: 1,
        maximum: 52,
      }),
    ),
    readOnly: Type.Optional(
      Type.Boolean({
        description:
          "Lets nothing be written to Microsoft or Google, whatever is asked for: `pulumi preview`, `refresh` and `import` work, `up` and `destroy` fail before they begin. It holds as soon as one of the provider's settings, the stack's configuration and the environment says `true`.",
        environment: ["GMAILSYNC_READ_ONLY"],
      }),
    ),
    network: Type.Optional(NetworkConfiguration),
  },
  { additionalProperties: false },
);

export type ProviderConfiguration = Static<typeof ProviderConfiguration>;
