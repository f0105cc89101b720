import { type Static, Type } from "typebox";
import { MOST_ROWS } from "../../dataverse/query.ts";
import type { EmailServerProfileRow } from "../../dataverse/tables.ts";
import { Fault, onOneLine } from "../../fault.ts";
import { maskData } from "../../redaction/secrets.ts";
import type { Context } from "../../resource/context.ts";
import { callable, fits } from "../../resource/function.ts";
import { listing } from "../../resource/listing.ts";
import { TEXT } from "../../schema/forms.ts";
import { type ArgsOf, defineFunction } from "../../schema/function.ts";
import { GUID } from "../../schema/guid.ts";
import { isGmail, protocolOf } from "./columns.ts";
import { profileNamed } from "./find.ts";

const PROTOCOLS = ["imap", "pop3", "other"] as const;

const State = Type.Object(
  {
    profileId: Type.String({ description: "Id of the profile in Dataverse (GUID)." }),
    name: Type.String({ description: "Name of the profile." }),
    protocol: Type.Enum(PROTOCOLS, { description: "How it receives; `other` is Exchange." }),
    gmailByOauth: Type.Boolean({ description: "Whether it is one for Gmail by OAuth, both ways." }),
    enabled: Type.Boolean({ description: "Whether the profile is active." }),
    oauthClientId: Type.Optional(Type.String({ description: "Client id of its OAuth client, where it has one." })),
    oauthClientSecretSet: Type.Boolean({ description: "Whether Dataverse holds a client secret." }),
    incomingServerLocation: Type.Optional(Type.String({ description: "Host of the IMAP or POP3 server." })),
    incomingPort: Type.Optional(Type.Integer({ description: "Its port." })),
    outgoingServerLocation: Type.Optional(Type.String({ description: "Host of the SMTP server." })),
    outgoingPort: Type.Optional(Type.Integer({ description: "Its port." })),
  },
  {
    title: "EmailServerProfileState",
    description: "An email server profile as Dynamics has it, without its secret, which Dataverse never gives back.",
    additionalProperties: false,
  },
);
type State = Static<typeof State>;

const getEmailServerProfile = defineFunction({
  name: "getEmailServerProfile",
  description:
    "Looks an email server profile up by its name or its id, and says how it is. None and several are errors. Changes nothing.",
  examples: [
    {
      title: "Mailboxes with a profile of another stack",
      yaml: `
variables:
  gmail:
    fn::invoke:
      function: gmailsync:index:getEmailServerProfile
      arguments: {name: Gmail}
resources:
  anna:
    type: gmailsync:Mailbox
    properties:
      emailAddress: anna@northwind.example
      profileId: \${gmail.profileId}
`,
    },
  ],
  inputs: Type.Object(
    {
      name: Type.Optional(Type.String({ description: "Its name.", ...TEXT, minLength: 1, maxLength: 100 })),
      profileId: Type.Optional(Type.String({ description: "Its id (GUID); one of the two is needed.", ...GUID })),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({ ...State.properties }, { additionalProperties: false }),
});

const getEmailServerProfiles = defineFunction({
  name: "getEmailServerProfiles",
  description: "Lists the email server profiles of the environment by name. Changes nothing.",
  examples: [
    {
      title: "All profiles for Gmail",
      yaml: `
variables:
  all:
    fn::invoke:
      function: gmailsync:index:getEmailServerProfiles
      arguments: {gmailByOauth: true}
      return: profiles
outputs:
  profiles: \${all}
`,
    },
  ],
  inputs: Type.Object(
    {
      gmailByOauth: Type.Optional(Type.Boolean({ description: "Those for Gmail by OAuth both ways, or the others." })),
      oauthClientId: Type.Optional(Type.String({ description: "With this OAuth client.", ...TEXT, minLength: 1 })),
      enabled: Type.Optional(Type.Boolean({ description: "That are active, or are not." })),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object(
    { profiles: Type.Array(State, { description: "The profiles, by name." }) },
    { additionalProperties: false },
  ),
  limits: [
    `All profiles of the environment are read, whatever is asked for: at most ${MOST_ROWS.toLocaleString("en-US")}. More are an error.`,
  ],
});

export async function profilesWhere(filters: Where, { dataverse, deadline }: Context): Promise<State[]> {
  const rows = await dataverse.list("emailserverprofiles", "", { orderBy: "name" }, deadline);
  return rows.map(stateOf).filter((state) => fits(state, filters));
}

type Where = ArgsOf<typeof getEmailServerProfiles>;

export const profileListing = listing(getEmailServerProfiles.inputs, async (filters, context) =>
  (await profilesWhere(filters, context)).map(({ profileId, name }) => ({ id: profileId, name })),
);

/** Google lists no clients; those that profiles have are the ones that matter. */
export const clientListing = listing(Type.Object({}, { additionalProperties: false }), async (_, context) => {
  const clients = new Map<string, string>();
  for (const { oauthClientId, name } of await profilesWhere({}, context)) {
    if (oauthClientId !== undefined && !clients.has(oauthClientId)) clients.set(oauthClientId, name);
  }
  return [...clients].map(([id, name]) => ({ id, name }));
});

export const profileFunctions = [
  callable(getEmailServerProfile, async ({ name, profileId }, context) => {
    if (name !== undefined && profileId === undefined) return stateOf(await profileNamed(name, context));
    if (profileId === undefined) {
      throw new Fault({ kind: "invalid-input", what: "getEmailServerProfile needs name or profileId" });
    }
    const row = await context.dataverse.retrieve("emailserverprofiles", profileId, context.deadline);
    if (row && (name === undefined || row.name === name)) return stateOf(row);
    throw new Fault({
      kind: "not-found",
      what: `There is no email server profile ${profileId}${row ? " of this name" : ""} in ${context.environmentUrl}`,
      hint: "Check the id, and that the application user may read email server profiles (prvReadEmailServerProfile).",
    });
  }),
  callable(getEmailServerProfiles, async (filters, context) => ({ profiles: await profilesWhere(filters, context) })),
];

function stateOf(row: EmailServerProfileRow): State {
  const { incomingserverlocation: incoming, outgoingserverlocation: outgoing } = row;
  return {
    profileId: row.emailserverprofileid,
    name: maskData(onOneLine(row.name)),
    protocol: protocolOf(row) ?? "other",
    gmailByOauth: isGmail(row),
    enabled: row.statecode === 0,
    ...(row.oauthclientid && { oauthClientId: maskData(row.oauthclientid) }),
    oauthClientSecretSet: row.isoauthclientsecretset,
    ...(incoming && { incomingServerLocation: maskData(incoming) }),
    ...(row.incomingportnumber !== null && { incomingPort: row.incomingportnumber }),
    ...(outgoing && { outgoingServerLocation: maskData(outgoing) }),
    ...(row.outgoingportnumber !== null && { outgoingPort: row.outgoingportnumber }),
  };
}
