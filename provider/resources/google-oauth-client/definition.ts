import { Type } from "typebox";
import { ADDRESS } from "../../schema/address.ts";
import { define, type InputsOf, type OutputsOf } from "../../schema/define.ts";
import { duration } from "../../schema/duration.ts";
import { CLIENT_ID, CLIENT_SECRET, DOMAIN, PROJECT_ID } from "../../schema/forms.ts";
import { StoredStep } from "../../schema/step.ts";

/** Google has no API that creates a web client, so this resource adopts one and proves that it was set up right. */
export const googleOAuthClient = define({
  name: "GoogleOAuthClient",
  description:
    "A Google OAuth web client, adopted and proven. Google offers no API to create one: leave out `clientId` and `clientSecret`, and the check prints the steps in Google's console with the exact values to paste. Destroying the resource leaves the client, its secrets and every grant at Google as they are.",
  examples: [
    {
      title: "A client that was made in Google's console, proven with every run",
      yaml: `
resources:
  google:
    type: gmailsync:GoogleOAuthClient
    properties:
      projectId: northwind-mail
      clientId: 123456789012-abc.apps.googleusercontent.com
      clientSecret: \${googleClientSecret}
`,
    },
    {
      title: "An external app in testing, waited for after a change in the console",
      yaml: `
resources:
  google:
    type: gmailsync:GoogleOAuthClient
    properties:
      projectId: northwind-mail
      clientId: 123456789012-abc.apps.googleusercontent.com
      clientSecret: \${googleClientSecret}
      audience: external
      publishingStatus: testing
      testUsers: [anna@northwind.example]
      verifyTimeout: 15m
`,
    },
  ],
  importId: "the client id, `<number>-<letters>.apps.googleusercontent.com`",
  timeoutSeconds: 120,
  inputs: Type.Object(
    {
      projectId: Type.String({
        description: "Google Cloud project that owns the client.",
        ...PROJECT_ID,
        writeOnly: true,
      }),
      clientId: Type.Optional(
        Type.String({
          description: "Client id from Google's console.",
          ...CLIENT_ID,
          replaceOnChanges: true,
          settled: true,
        }),
      ),
      clientSecret: Type.Optional(
        Type.String({
          description:
            "Client secret from Google's console. A changed secret is taken over in place; Google keeps two secrets valid until one is disabled.",
          ...CLIENT_SECRET,
          secret: true,
          settled: true,
          writeOnly: true,
        }),
      ),
      previousClientSecret: Type.Optional(
        Type.String({
          description:
            "The secret before, while it is being replaced: Google accepts both until the old one is disabled. The check `previousClientSecret` tells when that may be done, and when this can go.",
          ...CLIENT_SECRET,
          secret: true,
          writeOnly: true,
        }),
      ),
      credentialsJson: Type.Optional(
        Type.String({
          description:
            "The client as Google's console downloads it, instead of `clientId` and `clientSecret`: `client_secret_….json` of a web client.",
          minLength: 2,
          maxLength: 65_536,
          jsonText: true,
          secret: true,
          writeOnly: true,
        }),
      ),
      verifyTimeout: Type.Optional({
        ...duration(
          "How long `pulumi up` waits for what was just changed in Google's console, for example `15m`: it takes minutes to hours until a new redirect URI or secret is active. Without it a refusal fails at once.",
        ),
        writeOnly: true,
      }),
      audience: Type.Enum(["internal", "external"], {
        title: "Audience",
        description:
          "User type of the consent screen: `internal` for members of the Workspace organisation only, else `external`.",
        default: "internal",
        writeOnly: true,
      }),
      publishingStatus: Type.Enum(["testing", "production"], {
        title: "PublishingStatus",
        description:
          "Publishing status of an external app. While it is in testing only test users may consent, and every consent ends after seven days.",
        default: "production",
        writeOnly: true,
      }),
      verified: Type.Boolean({
        description:
          "Whether Google has verified the external app. One in production that is not verified may have 100 users over the life of its project.",
        default: false,
        writeOnly: true,
      }),
      testUsers: Type.Optional(
        Type.Array(Type.String(ADDRESS), {
          description:
            "Addresses listed as test users of an external app in testing, at most 100. When given, a mailbox of this client that is missing here is an error.",
          maxItems: 100,
          writeOnly: true,
        }),
      ),
      organizationDomains: Type.Optional(
        Type.Array(Type.String(DOMAIN), {
          description:
            "Domains of the Workspace organisation that owns an internal app. When given, a mailbox of this client in another domain is an error.",
          maxItems: 600,
          writeOnly: true,
        }),
      ),
      authorizedDomain: Type.Optional(
        Type.String({
          description:
            "Authorised domain of the consent screen. Default: the environment's, for example `dynamics.com`.",
          ...DOMAIN,
          writeOnly: true,
        }),
      ),
      projectNumber: Type.Optional(
        Type.String({
          description:
            "Number of the project, with which its client ids begin, to tell a client of another project. That of a GoogleProject of this stack is known without; of a `gcp.organizations.Project` pass its `number`.",
          pattern: "^[0-9]{6,20}$",
          form: "the project's number: digits only",
          writeOnly: true,
        }),
      ),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object(
    {
      redirectUri: Type.String({
        description: "The redirect URI that the client must list, computed from the environment's URL.",
      }),
      javascriptOrigin: Type.String({
        description: "The JavaScript origin that the client must list, computed from the environment's URL.",
      }),
      clientSecretLast4: Type.String({
        description: "The last four characters of the secret, as Google's console shows them.",
        recomputed: true,
      }),
      checks: Type.Array(StoredStep, { description: "What was proven at Google, step by step.", recomputed: true }),
    },
    { additionalProperties: false },
  ),
});

export type GoogleOAuthClientInputs = InputsOf<typeof googleOAuthClient>;
export type GoogleOAuthClientOutputs = OutputsOf<typeof googleOAuthClient>;
