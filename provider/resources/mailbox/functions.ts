import { type Static, Type } from "typebox";
import { LARGEST_PAGE_SIZE, MOST_PAGES } from "../../dataverse/query.ts";
import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { maskData } from "../../redaction/secrets.ts";
import type { Context } from "../../resource/context.ts";
import { callable, fits } from "../../resource/function.ts";
import { listing } from "../../resource/listing.ts";
import { ADDRESS, domainOf } from "../../schema/address.ts";
import { TEXT } from "../../schema/forms.ts";
import { type ArgsOf, defineFunction } from "../../schema/function.ts";
import { GUID } from "../../schema/guid.ts";
import { profileNamed } from "../email-server-profile/find.ts";
import { withProfile } from "../email-server-profile/users.ts";
import { APPROVED, DELIVERY_METHOD } from "./columns.ts";
import { KINDS, MAILBOX_KIND } from "./definition.ts";
import { findMailbox, kindOf, mailboxUrl, WITH_ADDRESS } from "./find.ts";
import { directionsOf, STATUS, statusOf, testedOn } from "./status.ts";

const STATUSES = ["success", "failure", "notRun"] as const;
const TEST_STATUS = { title: "TestStatus", typeDescription: "How the last test of a mailbox ended." } as const;

/** `other`: by Outlook, or by an e-mail router. */
const METHODS = ["serverSideSynchronization", "none", "other"] as const;

const State = Type.Object(
  {
    mailboxId: Type.String({ description: "Id of the mailbox in Dataverse (GUID)." }),
    emailAddress: Type.String({ description: "Address of the mailbox; empty where it has none." }),
    name: Type.String({ description: "Name of the mailbox." }),
    kind: Type.Enum(KINDS, { ...MAILBOX_KIND, description: "Whose mailbox it is." }),
    profileId: Type.Optional(Type.String({ description: "Id of its email server profile, where it has one." })),
    incomingEmailDeliveryMethod: Type.Enum(METHODS, { description: "How mail is received." }),
    outgoingEmailDeliveryMethod: Type.Enum(METHODS, { description: "How mail is sent." }),
    approved: Type.Boolean({ description: "Whether the address is approved." }),
    enabled: Type.Boolean({ description: "Whether the mailbox is active." }),
    signedIn: Type.Boolean({
      description: "Whether Dynamics holds a refresh token, so that somebody has signed in to Gmail for it.",
    }),
    status: Type.Enum(STATUSES, {
      ...TEST_STATUS,
      description:
        "Of the last test, over both directions that are switched on: `success` only where each of them succeeded.",
    }),
    testedOn: Type.Optional(Type.String({ description: "When the last test ended (RFC 3339), where there was one." })),
    webUrl: Type.String({ description: "The mailbox's page in Dynamics, where its user signs in to Gmail." }),
  },
  { title: "MailboxState", description: "A mailbox as Dynamics has it.", additionalProperties: false },
);
type State = Static<typeof State>;
export type MailboxState = State;

const getMailbox = defineFunction({
  name: "getMailbox",
  description:
    "Looks a mailbox up by its address or its id, and says how it is. None and several are errors. Changes nothing.",
  examples: [
    {
      title: "The page where a user signs in",
      yaml: `
variables:
  anna:
    fn::invoke:
      function: gmailsync:index:getMailbox
      arguments: {emailAddress: anna@northwind.example}
outputs:
  signIn: \${anna.webUrl}
`,
    },
  ],
  inputs: Type.Object(
    {
      emailAddress: Type.Optional(Type.String({ description: "Its address (case does not matter).", ...ADDRESS })),
      mailboxId: Type.Optional(Type.String({ description: "Its id (GUID); one of the two is needed.", ...GUID })),
      kind: Type.Optional(
        Type.Enum(KINDS, {
          ...MAILBOX_KIND,
          description: "Whose mailbox is meant, where a user and a queue have the address.",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({ ...State.properties }, { additionalProperties: false }),
});

const getMailboxes = defineFunction({
  name: "getMailboxes",
  description:
    "Lists the mailboxes of the environment that all the given filters fit, by their address; without a filter all that have an address. Changes nothing.",
  examples: [
    {
      title: "Who has yet to sign in",
      yaml: `
variables:
  missing:
    fn::invoke:
      function: gmailsync:index:getMailboxes
      arguments: {domain: northwind.example, kind: user, signedIn: false}
      return: mailboxes
outputs:
  notSignedIn: \${missing}
`,
    },
  ],
  inputs: Type.Object(
    {
      profileId: Type.Optional(Type.String({ description: "With this email server profile (GUID).", ...GUID })),
      profile: Type.Optional(
        Type.String({
          description: "With the email server profile of this name.",
          ...TEXT,
          minLength: 1,
          maxLength: 100,
        }),
      ),
      domain: Type.Optional(
        Type.String({
          description: "With an address of this domain, such as `northwind.example`.",
          ...TEXT,
          minLength: 1,
          maxLength: 253,
        }),
      ),
      kind: Type.Optional(
        Type.Enum(KINDS, { ...MAILBOX_KIND, description: "Of a user, of a queue, or a forward mailbox." }),
      ),
      status: Type.Optional(Type.Enum(STATUSES, { ...TEST_STATUS, description: "Whose last test ended so." })),
      signedIn: Type.Optional(
        Type.Boolean({ description: "For whom somebody has signed in to Gmail, or nobody has." }),
      ),
      approved: Type.Optional(Type.Boolean({ description: "Whose address is approved, or is not." })),
      enabled: Type.Optional(Type.Boolean({ description: "That are active, or are not." })),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object(
    {
      mailboxes: Type.Array(State, { description: "The mailboxes, by address." }),
    },
    { additionalProperties: false },
  ),
  limits: [
    `All mailboxes that have an address are read, or with \`profileId\` or \`profile\` those of that one, whatever else is asked for: by at most ${MOST_PAGES} pages of ${LARGEST_PAGE_SIZE.toLocaleString("en-US")}. More are an error.`,
  ],
});

/** By address; what is listed for an import has its address for a name. */
export async function mailboxesWhere({ profileId, profile, ...wanted }: Where, context: Context): Promise<State[]> {
  const ofProfile = profile === undefined ? profileId : (await profileNamed(profile, context)).emailserverprofileid;
  if (profileId !== undefined && ofProfile !== profileId) return [];
  const filter = [WITH_ADDRESS, ofProfile && withProfile(ofProfile)].filter(Boolean);
  const mailboxes: State[] = [];
  for await (const rows of context.dataverse.pages("mailboxes", filter.join(" and "), context.deadline)) {
    const states = rows.map((row) => stateOf(row, context));
    mailboxes.push(...states.filter((state) => isWanted(state, wanted)));
  }
  return mailboxes.sort((a, b) => (a.emailAddress < b.emailAddress ? -1 : 1));
}

export type Where = ArgsOf<typeof getMailboxes>;

/** What mailboxes are looked for by. */
export const mailboxFilters = getMailboxes.inputs;

export const mailboxListing = listing(getMailboxes.inputs, async (filters, context) =>
  (await mailboxesWhere(filters, context)).map(({ mailboxId, emailAddress }) => ({
    id: mailboxId,
    name: emailAddress,
  })),
);

/** Mailboxes that can be activated are those that have a profile. */
export const activationListing = listing(getMailboxes.inputs, async (filters, context) =>
  (await mailboxesWhere(filters, context)).flatMap(({ mailboxId, emailAddress, profileId }) =>
    profileId ? [{ id: mailboxId, name: emailAddress }] : [],
  ),
);

export const mailboxFunctions = [
  callable(getMailbox, async ({ emailAddress, mailboxId, kind }, context) => {
    if (emailAddress === undefined && mailboxId === undefined) {
      throw new Fault({ kind: "invalid-input", what: "getMailbox needs emailAddress or mailboxId" });
    }
    const row =
      emailAddress === undefined
        ? await byId(mailboxId ?? "", kind, context)
        : await findMailbox({ emailAddress, mailboxId, kind }, context, context.deadline);
    return stateOf(row, context);
  }),
  callable(getMailboxes, async (filters, context) => ({ mailboxes: await mailboxesWhere(filters, context) })),
];

async function byId(mailboxId: string, kind: State["kind"] | undefined, context: Context): Promise<MailboxRow> {
  const row = await context.dataverse.retrieve("mailboxes", mailboxId, context.deadline);
  if (row && (kind === undefined || kindOf(row) === kind)) return row;
  throw new Fault({
    kind: "not-found",
    what: `There is no mailbox ${mailboxId}${row ? ` of a ${kind}` : ""} in ${context.environmentUrl}`,
    hint: "Check the id, and that the application user may read mailboxes (prvReadMailbox).",
  });
}

function stateOf(row: MailboxRow, { environmentUrl }: Pick<Context, "environmentUrl">): State {
  const at = testedOn(row);
  return {
    mailboxId: row.mailboxid,
    emailAddress: row.emailaddress ?? "",
    name: maskData(row.name ?? ""),
    kind: kindOf(row),
    ...(row._emailserverprofile_value && { profileId: row._emailserverprofile_value }),
    incomingEmailDeliveryMethod: methodOf(row.incomingemaildeliverymethod),
    outgoingEmailDeliveryMethod: methodOf(row.outgoingemaildeliverymethod),
    approved: row.emailrouteraccessapproval === APPROVED,
    enabled: row.statecode === 0,
    signedIn: row.isoauthrefreshtokenset,
    status: overall(row),
    ...(at && { testedOn: at }),
    webUrl: mailboxUrl(environmentUrl, row.mailboxid),
  };
}

function methodOf(cell: number | null): (typeof METHODS)[number] {
  return METHODS.find((method) => method !== "other" && DELIVERY_METHOD[method] === cell) ?? "other";
}

function overall(row: MailboxRow): State["status"] {
  const statuses = directionsOf(row).map((direction) => statusOf(row, direction));
  if (statuses.includes(STATUS.failure)) return "failure";
  return statuses.length > 0 && statuses.every((status) => status === STATUS.success) ? "success" : "notRun";
}

/** Whether a mailbox is what filters look for, whatever its profile is called. */
export function isWanted(state: State, { profile: _, domain, ...wanted }: Where): boolean {
  const isOfDomain = domain === undefined || domainOf(state.emailAddress) === domainOf(`x@${domain}`);
  return isOfDomain && fits(state, wanted);
}
