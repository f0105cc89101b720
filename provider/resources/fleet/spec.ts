import { type Static, type TObject, Type } from "typebox";
import type { Tolerable } from "../../codes/codes.ts";
import { ADDRESS } from "../../schema/address.ts";
import { ENVIRONMENT_URL } from "../../schema/environment-url.ts";
import { TEXT } from "../../schema/forms.ts";
import { emailServerProfile } from "../email-server-profile/definition.ts";
import { googleOAuthClient } from "../google-oauth-client/definition.ts";
import { googleProject } from "../google-project/definition.ts";
import { mailbox } from "../mailbox/definition.ts";
import { mailboxActivation } from "../mailbox-activation/definition.ts";
import { MOST_CLIENTS, MOST_MAILBOXES } from "./limits.ts";

/** A secret by reference, so that the file can be committed. */
const SecretReference = (description: string) =>
  Type.Object(
    {
      config: Type.Optional(
        Type.String({
          description: "Name in the stack's configuration (`pulumi config set --secret`).",
          ...TEXT,
          minLength: 1,
        }),
      ),
      env: Type.Optional(
        Type.String({
          description: "Name of an environment variable.",
          pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
          form: "the name of an environment variable",
        }),
      ),
      file: Type.Optional(
        Type.String({ description: "Path of a file, seen from the file that names it.", ...TEXT, minLength: 1 }),
      ),
    },
    {
      title: "SecretReference",
      description: `${description} By reference: one of \`config\`, \`env\`, \`file\`.`,
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
    },
  );

/** What was given is laid over other values, so a default of its own would hide them. For schemas made here only. */
function withoutDefaults<S extends TObject>(schema: S): S {
  for (const property of Object.values(schema.properties)) Reflect.deleteProperty(property, "default");
  return schema;
}

const closed = { additionalProperties: false } as const;

const Alias = Type.String({
  description: "What it was called before it came into the fleet: its name in the program, or its whole URN.",
  ...TEXT,
  minLength: 1,
  maxLength: 500,
});

const profileInputs = withoutDefaults(
  Type.Partial(Type.Omit(emailServerProfile.inputs, ["oauthClientId", "oauthClientSecret"])),
);
const ProfileSpec = Type.Object(
  {
    ...profileInputs.properties,
    name: Type.Optional({
      ...profileInputs.properties.name,
      description: "Name of the profile. Default: `Gmail`, with the client's name behind it where there are several.",
    }),
  },
  { ...closed, description: "The email server profile." },
);

const clientInputs = withoutDefaults(
  Type.Partial(
    Type.Omit(googleOAuthClient.inputs, ["projectId", "clientSecret", "previousClientSecret", "credentialsJson"]),
  ),
);
const ClientSpec = Type.Object(
  {
    projectId: googleOAuthClient.inputs.properties.projectId,
    ...clientInputs.properties,
    clientSecret: Type.Optional(SecretReference("Client secret from Google's console.")),
    previousClientSecret: Type.Optional(SecretReference("The secret before, while it is being replaced.")),
    credentialsJson: Type.Optional(SecretReference("The client as Google's console downloads it.")),
    project: Type.Optional(
      Type.Object(withoutDefaults(Type.Partial(Type.Omit(googleProject.inputs, ["projectId"]))).properties, {
        ...closed,
        description: "Adopts or creates the project too (GoogleProject); `{}` is enough to adopt it.",
      }),
    ),
    profile: Type.Optional({ ...ProfileSpec, description: "What is different in the profile of this client." }),
    retainProfile: Type.Optional(
      Type.Boolean({
        description:
          "Whether the profile stays in Dynamics when it leaves the fleet or the stack is destroyed, as it was there before. Default: as the Fleet's option `retainOnDelete` says; false without it.",
      }),
    ),
    aliases: Type.Optional(
      Type.Object(
        { client: Type.Optional(Alias), profile: Type.Optional(Alias), project: Type.Optional(Alias) },
        { ...closed, description: "Former names, so that nothing is made anew." },
      ),
    ),
  },
  { ...closed, description: "A Google OAuth client with its project, and the profile that uses it." },
);

const mailboxInputs = withoutDefaults(Type.Partial(Type.Omit(mailbox.inputs, ["emailAddress", "profileId"])));
const activationInputs = withoutDefaults(
  Type.Partial(Type.Omit(mailboxActivation.inputs, ["mailboxId", "profileId", "credential", "waitForSignIn"])),
);
/** What a fleet goes on without, unless it says otherwise: people come and go, and sign in when they find the time. */
export const TOLERATED: readonly Tolerable[] = ["NOT_SIGNED_IN", "SIGN_IN_AGAIN", "USER_DISABLED"];

const ActivationSpec = Type.Object(activationInputs.properties, {
  ...closed,
  description: `Settings of the activation (MailboxActivation). \`tolerate\` is \`[${TOLERATED.join(", ")}]\` where it is left out.`,
});

const activate = Type.Optional(
  Type.Boolean({ description: "Whether the mailbox is tested and enabled as part of `pulumi up`. Default: true." }),
);

const MailboxSpec = Type.Object(
  {
    address: Type.String({ ...ADDRESS, description: "Address of the mailbox of a user or queue." }),
    was: Type.Optional(
      Type.String({
        ...ADDRESS,
        description:
          "What the address was before, when the user or queue has been renamed: it stays the same mailbox, is not set up anew, and keeps its client and its place in the project. The lock file remembers it, so it may go once `gmailsync lock` has been run.",
      }),
    ),
    client: Type.Optional(
      Type.String({
        description: "Pins the mailbox to one of `clients`; the lock file then does not decide.",
        ...TEXT,
      }),
    ),
    activate,
    ...mailboxInputs.properties,
    activation: Type.Optional(ActivationSpec),
    aliases: Type.Optional(
      Type.Object(
        { mailbox: Type.Optional(Alias), activation: Type.Optional(Alias) },
        { ...closed, description: "Former names, so that nothing is made anew." },
      ),
    ),
  },
  { ...closed, description: "A mailbox: its address, and what is different from the defaults." },
);

const NAME = "^[a-z][a-zA-Z0-9-]{0,39}$";

/** `mailboxes.yaml`: a whole fleet in one file that an administrator can read. */
export const FleetSpec = Type.Object(
  {
    environmentUrl: Type.Optional(
      Type.String({
        description: "The environment that the file is meant for; another one is refused.",
        ...ENVIRONMENT_URL,
      }),
    ),
    clients: Type.Record(Type.String({ pattern: NAME }), ClientSpec, {
      description: "Google OAuth clients by a name of your own; mailboxes are spread over them.",
      form: "names of letters, digits and hyphens, a small letter first, such as north",
      ...closed,
      minProperties: 1,
      maxProperties: MOST_CLIENTS,
    }),
    profile: Type.Optional(ProfileSpec),
    defaults: Type.Optional(
      Type.Object(
        {
          mailbox: Type.Optional(
            Type.Object(mailboxInputs.properties, { ...closed, description: "For all mailboxes." }),
          ),
          activate,
          activation: Type.Optional(ActivationSpec),
        },
        { ...closed, description: "What holds for every mailbox that does not say otherwise." },
      ),
    ),
    mailboxes: Type.Array(MailboxSpec, { description: "The mailboxes.", maxItems: MOST_MAILBOXES }),
  },
  {
    ...closed,
    patternProperties: { "^x-": { description: "Yours: a place for anchors. Nothing of it is read." } },
    title: "gmailsync mailboxes",
    description: "Gmail accounts to connect to one Dynamics 365 environment.",
  },
);

export type FleetSpec = Static<typeof FleetSpec>;
export type ClientSpec = Static<typeof ClientSpec>;
export type MailboxSpec = Static<typeof MailboxSpec>;
export type SecretReference = NonNullable<ClientSpec["clientSecret"]>;
