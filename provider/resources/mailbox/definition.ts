import { type Static, Type } from "typebox";
import { ADDRESS } from "../../schema/address.ts";
import { define, type InputsOf, type OutputsOf } from "../../schema/define.ts";
import { GUID } from "../../schema/guid.ts";

export const KINDS = ["user", "queue", "forward"] as const;
/** Whose mailbox it is. */
export type MailboxKind = (typeof KINDS)[number];
export const MAILBOX_KIND = { title: "MailboxKind", typeDescription: "Whose mailbox it is." } as const;

const DELIVERY_METHODS = ["serverSideSynchronization", "none"] as const;
const DELIVERY = { title: "EmailDeliveryMethod", typeDescription: "How mail of a mailbox goes one way." } as const;

/** Settings of the mailbox at Gmail (Gmail API, `users.settings`). What is left out is left alone. */
const GmailSettings = Type.Object(
  {
    imap: Type.Optional(Type.Boolean({ description: "Whether IMAP is switched on." })),
    pop: Type.Optional(
      Type.Enum(["disabled", "fromNowOn", "allMail"], {
        title: "PopAccess",
        description: "Which mail POP3 shows, if any.",
      }),
    ),
    popDisposition: Type.Optional(
      Type.Enum(["leaveInInbox", "archive", "trash", "markRead"], {
        title: "PopDisposition",
        description:
          "What Gmail does with mail that was fetched by POP3. **`archive` and `trash` take it out of the inbox.**",
      }),
    ),
  },
  {
    title: "GmailSettings",
    additionalProperties: false,
    description:
      "Settings of the mailbox at Gmail, set by domain-wide delegation for `https://www.googleapis.com/auth/gmail.settings.basic` (the provider's `mailCredential`). Without delegation they are skipped, and the activation's login decides.",
  },
);

export type GmailSettings = Static<typeof GmailSettings>;

/** Columns as Dataverse holds them, so that they go back exactly as they were. */
export const Settings = Type.Object(
  {
    profileId: Type.Optional(Type.String({ description: "Profile; empty where there was none.", guid: true })),
    incomingEmailDeliveryMethod: Type.Optional(Type.Integer({ description: "Column `incomingemaildeliverymethod`." })),
    outgoingEmailDeliveryMethod: Type.Optional(Type.Integer({ description: "Column `outgoingemaildeliverymethod`." })),
    actDeliveryMethod: Type.Optional(Type.Integer({ description: "Column `actdeliverymethod`." })),
    emailRouterAccessApproval: Type.Optional(Type.Integer({ description: "Column `emailrouteraccessapproval`." })),
    processAndDeleteEmails: Type.Optional(Type.Boolean({ description: "Column `processanddeleteemails`." })),
    enabled: Type.Optional(Type.Boolean({ description: "Whether the mailbox was active." })),
    gmail: Type.Optional(GmailSettings),
  },
  {
    title: "MailboxSettings",
    additionalProperties: false,
    typeDescription: "Settings of a mailbox as Dataverse and Gmail hold them: those that this resource has written.",
  },
);

/** Columns: Dataverse table `mailbox`. A user's or queue's mailbox cannot be created, deleted or given another address. */
export const mailbox = define({
  name: "Mailbox",
  description:
    "The mailbox of a user or queue, found by its address and adopted: profile, delivery methods and approval are set, and put back as they were when the resource is destroyed.",
  examples: [
    {
      title: "A user's mailbox, received and sent by Gmail",
      yaml: `
resources:
  anna:
    type: gmailsync:Mailbox
    properties:
      emailAddress: anna@northwind.example
      profileId: \${gmail.profileId}
`,
    },
    {
      title: "A queue's mailbox that only receives, with IMAP switched on at Gmail",
      yaml: `
resources:
  support:
    type: gmailsync:Mailbox
    properties:
      emailAddress: support@northwind.example
      kind: queue
      profileId: \${gmail.profileId}
      outgoingEmailDeliveryMethod: none
      gmail: {imap: true}
`,
    },
  ],
  importId: "the mailbox's id (GUID), the URL of its page in Dynamics, or its address",
  timeoutSeconds: 300,
  inputs: Type.Object(
    {
      emailAddress: Type.String({
        description: "Address of the mailbox, as Dataverse has it (case does not matter).",
        ...ADDRESS,
        caseless: true,
        replaceOnChanges: true,
      }),
      mailboxId: Type.Optional(
        Type.String({
          description: "Id of the mailbox (GUID); only needed when several mailboxes have the address.",
          ...GUID,
          replaceOnChanges: true,
        }),
      ),
      kind: Type.Optional(
        Type.Enum(KINDS, {
          ...MAILBOX_KIND,
          description:
            "Whose mailbox is meant, where a user and a queue have the same address; a mailbox of another kind is refused.",
          writeOnly: true,
          replaceOnChanges: true,
        }),
      ),
      profileId: Type.String({ description: "Id of the email server profile (GUID).", ...GUID, importedWithout: true }),
      incomingEmailDeliveryMethod: Type.Enum(DELIVERY_METHODS, {
        ...DELIVERY,
        description: "How mail is received.",
        default: "serverSideSynchronization",
      }),
      outgoingEmailDeliveryMethod: Type.Enum(DELIVERY_METHODS, {
        ...DELIVERY,
        description: "How mail is sent.",
        default: "serverSideSynchronization",
      }),
      appointmentsContactsAndTasks: Type.Enum(["none", "outlook"], {
        title: "AppointmentsMethod",
        typeDescription: "Who synchronises appointments, contacts and tasks of a mailbox.",
        description:
          "Dynamics synchronises appointments, contacts and tasks with Exchange only, so Gmail profiles need `none`. `outlook`, which a mailbox begins with in Dynamics, keeps what was set up by hand as it is; a `MailboxActivation` does not test it (ACT_NOT_NONE).",
        default: "none",
      }),
      approved: Type.Boolean({
        description:
          "Whether the address is approved for sending and receiving. `true` approves and reads the approval back; `false` leaves it alone.",
        default: true,
      }),
      enabled: Type.Boolean({ description: "Whether the mailbox is active.", default: true }),
      gmail: Type.Optional(GmailSettings),
      processAndDeleteEmails: Type.Optional(
        Type.Boolean({
          description:
            "Whether mail is deleted from Gmail once Dynamics has processed it. **Destroys mail.** Queues and forward mailboxes only.",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object(
    {
      mailboxId: Type.String({
        description: "Id of the mailbox in Dataverse (GUID); also the resource's id.",
        sameAsId: true,
      }),
      name: Type.String({ description: "Name of the mailbox." }),
      kind: Type.Enum(KINDS, { ...MAILBOX_KIND, description: "Whose mailbox it is." }),
      webUrl: Type.String({ description: "The mailbox's page, where its user signs in to Gmail." }),
      original: Type.Optional({
        ...Settings,
        description:
          "How the mailbox was before this resource first wrote it; other settings are not in it and are never put back. Absent where it is not known.",
      }),
      applied: Type.Optional({
        ...Settings,
        description:
          "What this resource has set, where its inputs do not say it: destroying it puts back only what still is as it was set.",
      }),
      previously: Type.Optional({
        ...Settings,
        description:
          "What this resource had set before its last write, while it is not known whether that write was carried out.",
      }),
    },
    { additionalProperties: false },
  ),
});

export type MailboxInputs = InputsOf<typeof mailbox>;
export type MailboxOutputs = OutputsOf<typeof mailbox>;
export type MailboxSettings = Static<typeof Settings>;

/** How a new mailbox was when it was found; hosts keep it with its inputs. */
export const FoundBefore = Type.Object(
  { mailboxId: Type.String(), settings: Settings },
  { additionalProperties: false },
);
export type FoundBefore = Static<typeof FoundBefore>;
