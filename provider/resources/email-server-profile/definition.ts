import { Type } from "typebox";
import { ADDRESS } from "../../schema/address.ts";
import { define, type InputsOf, type OutputsOf } from "../../schema/define.ts";
import { CLIENT_ID, CLIENT_SECRET, LINES, TEXT } from "../../schema/forms.ts";

const port = (description: string) => Type.Optional(Type.Integer({ description, minimum: 1, maximum: 65535 }));
const server = (description: string) =>
  Type.Optional(
    Type.String({
      description,
      pattern: "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
      form: "a host name such as imap.gmail.com",
      maxLength: 253,
    }),
  );

/** Columns: Dataverse table `emailserverprofile`. */
export const emailServerProfile = define({
  name: "EmailServerProfile",
  description:
    "An email server profile for Gmail by OAuth 2.0. Created, updated and deleted in Dataverse; deleting it takes it away from every mailbox that uses it.",
  examples: [
    {
      title: "Gmail by IMAP and SMTP",
      yaml: `
resources:
  gmail:
    type: gmailsync:EmailServerProfile
    properties:
      name: Gmail
      oauthClientId: 123456789012-abc.apps.googleusercontent.com
      oauthClientSecret: \${googleClientSecret}
`,
    },
    {
      title: "The default for new mailboxes, by POP3",
      yaml: `
resources:
  gmail:
    type: gmailsync:EmailServerProfile
    properties:
      name: Gmail by POP
      protocol: pop3
      oauthClientId: \${google.clientId}
      oauthClientSecret: \${google.clientSecret}
      defaultForNewMailboxes: true
      moveUndeliveredEmails: true
`,
    },
  ],
  importId: "the profile's id (GUID), or the URL of its page in Dynamics",
  timeoutSeconds: 120,
  inputs: Type.Object(
    {
      name: Type.String({
        description:
          "Name of the profile. A resource without one is called by its own name and a few random characters, or as `pulumi:autonaming` says.",
        ...TEXT,
        minLength: 1,
        maxLength: 100,
        autonamed: true,
      }),
      description: Type.Optional(Type.String({ description: "Free text.", ...LINES, maxLength: 2000 })),
      protocol: Type.Enum(["imap", "pop3"], {
        title: "MailProtocol",
        description: "How Dynamics receives: `imap` (server type IMAP/SMTP) or `pop3` (server type POP3/SMTP).",
        default: "imap",
      }),
      oauthClientId: Type.String({
        description: "Client id of the Google OAuth web client.",
        ...CLIENT_ID,
        importedWithout: true,
      }),
      oauthClientSecret: Type.String({
        description: "Client secret of the Google OAuth web client. Dataverse never gives it back.",
        ...CLIENT_SECRET,
        secret: true,
        writeOnly: true,
      }),
      incomingServerLocation: server(
        "Host of the IMAP or POP3 server. Default: Gmail's. Another one gets no token unless the provider's `mailHosts` names it.",
      ),
      incomingPort: port("Port of the IMAP or POP3 server. Default: 993 for IMAP, 995 for POP3."),
      outgoingServerLocation: server(
        "Host of the SMTP server. Default: Gmail's. Another one gets no token unless the provider's `mailHosts` names it.",
      ),
      outgoingPort: port("Port of the SMTP server. Default: 587."),
      defaultForNewMailboxes: Type.Boolean({
        description:
          "Makes this the organisation's default profile for new mailboxes. The one before it comes back when this is unset or the profile is destroyed.",
        default: false,
      }),
      enabled: Type.Boolean({ description: "Whether the profile is active.", default: true }),
      minPollingIntervalInMinutes: Type.Optional(
        Type.Integer({ description: "Least time between two fetches, in minutes.", minimum: 0, maximum: 1440 }),
      ),
      maxConcurrentConnections: Type.Optional(
        Type.Integer({ description: "Most connections at the same time.", minimum: 1, maximum: 300 }),
      ),
      processEmailsReceivedAfter: Type.Optional(
        Type.String({
          description: "Mail received before this moment is left alone (RFC 3339, UTC: `2026-01-31T00:00:00Z`).",
          pattern: "^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$",
          form: "a moment in UTC such as 2026-01-31T00:00:00Z",
        }),
      ),
      moveUndeliveredEmails: Type.Optional(
        Type.Boolean({ description: "Whether mail that cannot be processed is moved to the Undeliverable folder." }),
      ),
      sendEmailAlert: Type.Optional(
        Type.Boolean({ description: "Whether the owner of the profile is told about alerts by mail." }),
      ),
      timeoutMailboxConnection: Type.Optional(
        Type.Boolean({ description: "Whether a connection to a mailbox is given up after some time." }),
      ),
      timeoutMailboxConnectionAfterAmount: Type.Optional(
        Type.Integer({ description: "That time, in milliseconds.", minimum: 0, maximum: 100000 }),
      ),
      encodingCodePage: Type.Optional(
        Type.String({ description: "Code page in which messages are encoded.", ...TEXT, maxLength: 100 }),
      ),
      ownerEmailAddress: Type.Optional(Type.String({ description: "Address that is told about alerts.", ...ADDRESS })),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object(
    {
      profileId: Type.String({
        description: "Id of the profile in Dataverse (GUID); also the resource's id.",
        sameAsId: true,
      }),
      oauthClientSecretSet: Type.Boolean({ description: "Whether Dataverse holds a client secret." }),
      revision: Type.String({
        description:
          "Changes when something is written that mailboxes have to be tested with again: servers, ports, client, secret, state. Activations of the same stack watch it by themselves; in another stack pass it to their `triggers`.",
        recomputed: true,
      }),
      previousDefaultProfileId: Type.Optional(
        Type.String({ description: "The default profile for new mailboxes that was there before." }),
      ),
    },
    { additionalProperties: false },
  ),
});

export type EmailServerProfileInputs = InputsOf<typeof emailServerProfile>;
export type EmailServerProfileOutputs = OutputsOf<typeof emailServerProfile>;
