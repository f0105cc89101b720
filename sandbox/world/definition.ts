import { type Static, type TSchema, Type } from "typebox";
import { PRIVILEGES } from "../dataverse/privileges.ts";
import { APPROVAL_MODES } from "../dataverse/state.ts";
import { EXCHANGE_AUDIENCE } from "../entra/state.ts";
import { ACCESS_SETTINGS, ACCOUNT_CONDITIONS } from "../google/state.ts";
import { PIPELINE_KINDS } from "../pipelines/kinds.ts";

const CLOSED = { additionalProperties: false } as const;
const GUID = { pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", form: "a GUID in lower case" } as const;
const ADDRESS = {
  pattern: "^[^\\s@A-Z]+@[a-z0-9.-]+$",
  form: "an email address in lower case",
  maxLength: 100,
} as const;

/** The service's own: https://learn.microsoft.com/power-platform/admin/server-side-synchronization */
export const POLL_INTERVAL_SECONDS = 300;

/** Most that one line may stand for. */
export const REPEAT_LIMIT = 10_000;

const text = (description: string, rules: object = {}) =>
  Type.Optional(Type.String({ description, minLength: 1, maxLength: 4000, ...rules }));
const flag = (description: string) => Type.Optional(Type.Boolean({ description, default: false }));
const list = (description: string, rules: object = {}) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 4000, ...rules }), { description }));

const repeat = Type.Optional(
  Type.Integer({
    description: "How often this entry is there: `%d` in its texts becomes 1, 2, 3; `%04d` becomes 0001, 0002.",
    minimum: 1,
    maximum: REPEAT_LIMIT,
  }),
);

/** A list whose entries can be repeated. */
function many<S extends TSchema>(entry: S, description: string) {
  return Type.Optional(Type.Array(entry, { description }));
}

/** The order of options is their number in Dataverse. */
export const DELIVERY_METHODS = ["none", "outlook", "serverSideSynchronization", "forwardMailbox"] as const;
export const APPROVALS = ["empty", "approved", "pendingApproval", "rejected"] as const;
export const TEST_RESULTS = ["notRun", "success", "failure"] as const;

const Cells = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]));
const columns = Type.Optional({
  ...Cells,
  description: "Any other columns of the row, by their Web API names, as Dataverse holds them.",
});

/** A mailbox with its past. */
const PAST = {
  profile: text("Name of its email server profile, one of `profiles`."),
  incomingEmailDeliveryMethod: Type.Optional(
    Type.Enum(DELIVERY_METHODS, { description: "How mail is received.", default: "none" }),
  ),
  outgoingEmailDeliveryMethod: Type.Optional(
    Type.Enum(DELIVERY_METHODS, { description: "How mail is sent.", default: "none" }),
  ),
  approval: Type.Optional(Type.Enum(APPROVALS, { description: "Whether the address is approved.", default: "empty" })),
  inactive: flag("The mailbox is deactivated."),
  signedIn: Type.Optional(
    Type.Union([Type.Boolean(), Type.String({ minLength: 1 })], {
      description:
        "The user has signed in to Gmail: by this client (its id), or with `true` by that of the profile, else the first of the world.",
      default: false,
    }),
  ),
  tested: Type.Optional(
    Type.Enum(TEST_RESULTS, {
      description: "How Test & Enable ended, for the directions that are switched on.",
      default: "notRun",
    }),
  ),
  account: Type.Optional(Type.Boolean({ description: "Whether the address has an account at Google.", default: true })),
  columns,
};

const NAMED = {
  repeat,
  name: Type.String({ description: "Full name.", minLength: 1, maxLength: 160 }),
  address: Type.String({ description: "Primary email address.", ...ADDRESS }),
};

const User = Type.Object(
  { ...NAMED, disabled: flag("The user is disabled, and so the mailbox inactive."), ...PAST },
  CLOSED,
);
const Queue = Type.Object({ ...NAMED, disabled: flag("The queue is inactive, and so its mailbox."), ...PAST }, CLOSED);
const ForwardMailbox = Type.Object({ ...NAMED, ...PAST }, CLOSED);

export const PROFILE_KINDS = ["gmailImap", "gmailPop3", "exchangeOnline"] as const;

const Profile = Type.Object(
  {
    repeat,
    name: Type.String({ description: "Name.", minLength: 1, maxLength: 100 }),
    kind: Type.Optional(
      Type.Enum(PROFILE_KINDS, { description: "What it connects to, and how.", default: "gmailImap" }),
    ),
    oauthClientId: text("The OAuth client with which users sign in."),
    oauthClientSecret: text("Its secret."),
    inactive: flag("The profile is deactivated."),
    columns,
  },
  CLOSED,
);

const Environment = Type.Object(
  {
    url: text("URL of the environment.", {
      pattern: "^https://[a-z0-9.-]+$",
      form: "https:// and the host, without a path",
      default: "https://contoso.crm.dynamics.com",
    }),
    name: text("Name of the organisation.", { default: "Contoso" }),
    organizationId: text(
      "Id of the organisation, from which all ids that are not given are made. Made from the URL.",
      GUID,
    ),
    tenantId: text("Microsoft Entra tenant.", GUID),
    tenantDomains: list("Domains by which the tenant may be named, too. Default: contoso.onmicrosoft.com.", {
      pattern: "^[a-z0-9-]+([.][a-z0-9-]+)+$",
      form: "a domain in lower case",
    }),
    defaultProfile: text("Name of the profile that new mailboxes get, one of `profiles`."),
    requireApprovalForUserEmail: Type.Optional(
      Type.Boolean({ description: "Users' addresses have to be approved.", default: true }),
    ),
    requireApprovalForQueueEmail: Type.Optional(
      Type.Boolean({ description: "Queues' addresses have to be approved.", default: true }),
    ),
    approvals: Type.Optional(
      Type.Enum(APPROVAL_MODES, { description: "What becomes of an approval by an application.", default: "works" }),
    ),
    administrationMode: flag("The environment is in administration mode."),
    requestLimit: Type.Optional(
      Type.Integer({ description: "Requests in 300 s before Dataverse throttles; none by default.", minimum: 0 }),
    ),
    pollIntervalSeconds: Type.Optional(
      Type.Integer({
        description:
          "Seconds from the end of one round in which Dataverse fetches the mail of its mailboxes to the next; 0 for never.",
        minimum: 0,
        maximum: 86_400,
        default: POLL_INTERVAL_SECONDS,
      }),
    ),
  },
  CLOSED,
);

const Role = Type.Object(
  {
    name: Type.String({ description: "Name.", minLength: 1, maxLength: 100 }),
    privileges: Type.Object(
      Object.fromEntries([...PRIVILEGES].map(([name, depths]) => [name, Type.Optional(Type.Enum([...depths]))])),
      { description: "Privileges by name, with their depths.", ...CLOSED },
    ),
  },
  CLOSED,
);

const FederatedCredential = Type.Object(
  {
    issuer: Type.String({
      description: "`iss` of the token, to the letter: https://token.actions.githubusercontent.com",
      minLength: 1,
      maxLength: 600,
    }),
    subject: Type.String({
      description: "`sub` of the token, to the letter: repo:northwind/mail:environment:production",
      minLength: 1,
      maxLength: 600,
    }),
    audience: text("`aud` of the token.", { maxLength: 600, default: EXCHANGE_AUDIENCE }),
  },
  CLOSED,
);

const Application = Type.Object(
  {
    repeat,
    name: Type.String({ description: "Name.", minLength: 1, maxLength: 100 }),
    clientId: text("Application (client) id.", GUID),
    secrets: Type.Optional(
      Type.Array(
        Type.Union([
          Type.String({ minLength: 1, maxLength: 4000 }),
          Type.Object(
            {
              value: Type.String({ minLength: 1, maxLength: 4000 }),
              endsInDays: Type.Integer({
                description: "When it expires; at or below 0 it has done so already.",
                minimum: -3650,
                maximum: 3650,
              }),
            },
            CLOSED,
          ),
        ]),
        { description: "Client secrets; a text never expires." },
      ),
    ),
    certificates: list("Certificates in PEM, without their keys.", {
      pattern: "^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----\\s*$",
      form: "one certificate in PEM",
    }),
    federatedCredentials: many(
      FederatedCredential,
      "Tokens of other issuers that count as the application's own. Default: those of `pipelines`.",
    ),
    applicationUser: Type.Optional(
      Type.Boolean({ description: "Whether it is an application user of the environment.", default: true }),
    ),
    roles: list(
      "Roles of the application user: System Administrator, System Customizer, Basic User, or one of `roles`. Default: System Administrator.",
    ),
    disabled: flag("The application user is disabled."),
  },
  CLOSED,
);

const Client = Type.Object(
  {
    repeat,
    name: text("Name in the console."),
    clientId: text("Client id.", {
      pattern: "^[0-9]+(-[0-9a-z]+)?\\.apps\\.googleusercontent\\.com$",
      form: "a client id of Google: 123456789012-….apps.googleusercontent.com",
    }),
    secrets: Type.Optional(
      Type.Array(
        Type.Object(
          {
            value: Type.String({ minLength: 1, maxLength: 255 }),
            disabled: flag("Google refuses it."),
          },
          CLOSED,
        ),
        { description: "Client secrets, at most two. Default: one that is made up.", maxItems: 2 },
      ),
    ),
    redirectUris: list("Default: the one that the environment needs."),
    javascriptOrigins: list("Default: the one that the environment needs."),
    state: Type.Optional(
      Type.Enum(["active", "disabled", "deleted"], { description: "Its state.", default: "active" }),
    ),
  },
  CLOSED,
);

const Project = Type.Object(
  {
    repeat,
    projectId: Type.String({
      description: "Project id.",
      pattern: "^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
      form: "6 to 30 of a-z, 0-9 and hyphens, a letter first, no hyphen last",
    }),
    number: text("Project number.", { pattern: "^[1-9][0-9]{5,15}$", form: "a number without a leading zero" }),
    displayName: text("Name. Default: the project id."),
    parent: text("Organisation or folder.", {
      pattern: "^(organizations|folders)/[0-9]+$",
      form: "organizations/<number> or folders/<number>",
      default: "organizations/100000000000",
    }),
    apis: list("APIs that are enabled. Default: gmail.googleapis.com."),
    audience: Type.Optional(
      Type.Enum(["internal", "external"], { description: "User type of the consent screen.", default: "internal" }),
    ),
    publishingStatus: Type.Optional(
      Type.Enum(["testing", "production"], { description: "Publishing status.", default: "production" }),
    ),
    verified: flag("Google has verified the app."),
    testUsers: list("Addresses of test users.", ADDRESS),
    organizationDomain: text("Domain whose users an internal app is for. Default: that of the Workspace."),
    blockedByAdmin: flag("The Workspace administrator has blocked the app."),
    formerUsers: Type.Optional(
      Type.Integer({
        description: "Users who have consented some time and are gone: an app that is not verified has room for 100.",
        minimum: 0,
        maximum: 100,
        default: 0,
      }),
    ),
    clients: many(Client, "OAuth web clients."),
  },
  CLOSED,
);

const Workspace = Type.Object(
  {
    domain: text("Primary domain.", {
      pattern: "^[a-z0-9.-]+$",
      form: "a domain in lower case",
      default: "northwind.example",
    }),
    units: many(
      Type.Object(
        {
          path: Type.String({ description: "Path of the organisational unit.", pattern: "^/", form: "a path: /Sales" }),
          imap: Type.Optional(Type.Boolean({ description: "Whether IMAP is allowed.", default: true })),
          pop: Type.Optional(Type.Boolean({ description: "Whether POP is allowed.", default: true })),
        },
        CLOSED,
      ),
      "Organisational units and their policies.",
    ),
    serviceAccounts: many(
      Type.Object(
        {
          email: Type.String({
            description: "Address.",
            pattern: "^[a-z0-9-]+@[a-z0-9.-]+\\.gserviceaccount\\.com$",
            form: "<name>@<project>.iam.gserviceaccount.com",
          }),
          delegatedScopes: list("Scopes of its domain-wide delegation."),
          tokenCreators: list(
            "Who holds roles/iam.serviceAccountTokenCreator on it. Default: the pipelines that come by the pool.",
          ),
          workloadIdentityUsers: list("Who holds roles/iam.workloadIdentityUser on it."),
        },
        CLOSED,
      ),
      "Service accounts. Their keys are made when they are asked for.",
    ),
    workloadProviders: many(
      Type.Object(
        {
          audience: Type.String({
            description: "//iam.googleapis.com/projects/…/providers/…",
            pattern:
              "^//iam[.]googleapis[.]com/projects/[0-9]+/locations/global/workloadIdentityPools/[^/]+/providers/[^/]+$",
            form: "//iam.googleapis.com/projects/…/locations/global/workloadIdentityPools/…/providers/…",
          }),
          issuer: Type.String({ description: "`iss` of the tokens that it takes.", minLength: 1, maxLength: 600 }),
          allowedAudiences: list("`aud` of the tokens. Default: the audience, with https: before it."),
          attributeMapping: Type.Optional(
            Type.Record(Type.String(), Type.String(), {
              description: "Expressions (CEL) by attribute: google.subject, attribute.repository.",
            }),
          ),
          attributeCondition: text("Expression (CEL) that tokens have to fulfil."),
        },
        CLOSED,
      ),
      "Providers of workload identity pools. Default: a pool that takes the tokens of `pipelines`.",
    ),
  },
  CLOSED,
);

const Account = Type.Object(
  {
    repeat,
    address: Type.String({ description: "Primary address.", ...ADDRESS }),
    aliases: list("Other addresses at which it receives mail.", ADDRESS),
    unit: text("Path of its organisational unit, one of `workspace.units`."),
    imap: Type.Optional(Type.Enum(ACCESS_SETTINGS, { description: "IMAP.", default: "on" })),
    pop: Type.Optional(Type.Enum(ACCESS_SETTINGS, { description: "POP.", default: "on" })),
    popWindow: Type.Optional(Type.Enum(["fromNowOn", "allMail"], { description: "Which mail POP shows." })),
    popDisposition: Type.Optional(
      Type.Enum(["leaveInInbox", "archive", "trash", "markRead"], {
        description: "What becomes of mail that POP has fetched.",
      }),
    ),
    condition: Type.Optional(
      Type.Enum(ACCOUNT_CONDITIONS, { description: "What else may stand in the way of a login.", default: "ok" }),
    ),
  },
  CLOSED,
);

const Pipeline = Type.Object(
  {
    issuer: text("`iss` of its tokens.", { pattern: "^https://[^\\s]+$", form: "a URL that begins with https://" }),
    subject: text("`sub` of its tokens.", { maxLength: 600 }),
    audience: text("`aud` where the job asks for none, or cannot.", { maxLength: 600 }),
    lifetimeSeconds: Type.Optional(
      Type.Integer({ description: "How long a token is good.", minimum: 1, maximum: 86_400 }),
    ),
    granted: Type.Optional(
      Type.Boolean({
        description:
          "Whether the job gets tokens: `permissions: id-token: write` (GitHub), a reference to the service connection in the stage (Azure DevOps).",
        default: true,
      }),
    ),
    claims: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: "Claims beside those that the platform has as it comes.",
      }),
    ),
  },
  CLOSED,
);

const Pipelines = Type.Object(
  Object.fromEntries(PIPELINE_KINDS.map((kind) => [kind, Type.Optional(Pipeline)])),
  CLOSED,
);

/** A company with a Dynamics 365 environment and Gmail, as `world.yaml` describes it. */
export const WorldDefinition = Type.Object(
  {
    environment: Type.Optional({ ...Environment, description: "The Dynamics 365 environment." }),
    roles: many(Role, "Security roles beside the built-in ones."),
    applications: many(
      Application,
      "Applications in Microsoft Entra. The first is the one that the settings name. Default: one that may do everything.",
    ),
    profiles: many(Profile, "Email server profiles that somebody has made by hand."),
    users: many(User, "Users, each with a mailbox."),
    queues: many(Queue, "Queues, each with a mailbox."),
    forwardMailboxes: many(ForwardMailbox, "Forward mailboxes."),
    pipelines: Type.Optional({
      ...Pipelines,
      description: "What platforms of pipelines say of their jobs in tokens. Default: one of each, of northwind/mail.",
    }),
    projects: many(Project, "Google Cloud projects, with consent screen and OAuth clients."),
    workspace: Type.Optional({ ...Workspace, description: "The Google Workspace." }),
    accounts: many(
      Account,
      "Gmail accounts that are not as they all are: every mailbox has one of its address, with IMAP and POP on.",
    ),
  },
  { title: "World of the sandbox", ...CLOSED },
);

export type WorldDefinition = Static<typeof WorldDefinition>;
