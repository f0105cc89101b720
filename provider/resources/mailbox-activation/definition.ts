import { Type } from "typebox";
import { TOLERABLE } from "../../codes/codes.ts";
import { define, type InputsOf, type OutputsOf } from "../../schema/define.ts";
import { duration } from "../../schema/duration.ts";
import { GUID } from "../../schema/guid.ts";
import { MailCredential } from "../../schema/mail-credential.ts";
import { StoredStep } from "../../schema/step.ts";
import { STATUSES } from "./verdict.ts";

/** Whose the token is that Dynamics holds: it serves the client only that its user has signed in to. */
const Token = Type.Object(
  {
    client: Type.String({ description: "Digest of the id of the OAuth client." }),
    expires: Type.Optional(
      Type.String({ description: "When it ends (RFC 3339, UTC), where another sign-in is waited for." }),
    ),
  },
  {
    title: "SignedInToken",
    additionalProperties: false,
    recomputed: true,
    description: "Which OAuth client the mailbox's user has signed in to, as the last good test has shown it.",
  },
);

/** What the last test was about; `retest: onChange` compares it with what is there. */
const Basis = Type.Object(
  {
    profileId: Type.String({ description: "The profile of the mailbox." }),
    profile: Type.String({ description: "Digest of the profile's servers, ports, client and state." }),
    mailbox: Type.String({ description: "Digest of the mailbox's address, profile and delivery methods." }),
    revision: Type.Optional(
      Type.String({ description: "The profile's `revision`, where the profile belongs to the stack." }),
    ),
  },
  {
    title: "TestBasis",
    additionalProperties: false,
    recomputed: true,
    description: "What the last test was about, to tell whether it still holds.",
  },
);

const ToleratedCode = Type.Enum([...TOLERABLE], {
  title: "ActivationCode",
  typeDescription: "What may keep a mailbox from success (docs/codes.md).",
});

/** Dataverse's Test & Enable, awaited: green only when success was seen for every direction that is switched on. */
export const mailboxActivation = define({
  name: "MailboxActivation",
  description:
    "Dynamics' Test & Enable for one mailbox, run as part of `pulumi up` and awaited. Before it the activation logs in to IMAP or POP3 and SMTP itself, by its `credential` or the provider's `mailCredential`; without one these logins are skipped, and what Gmail refuses is found by Dynamics only, whose test disables the mailbox. A mailbox that fails is kept with the reasons, and the next `pulumi up` tries again. Destroying the resource changes nothing.",
  examples: [
    {
      title: "Tested and enabled as part of the deployment",
      yaml: `
resources:
  annaActivation:
    type: gmailsync:MailboxActivation
    properties:
      mailboxId: \${anna.mailboxId}
      profileId: \${anna.profileId}
`,
    },
    {
      title: "Logs in by a service account of its own, and sends a message around",
      yaml: `
resources:
  annaActivation:
    type: gmailsync:MailboxActivation
    properties:
      mailboxId: \${anna.mailboxId}
      profileId: \${anna.profileId}
      credential: {serviceAccountEmail: mail@northwind-mail.iam.gserviceaccount.com}
      roundTrip: true
`,
    },
    {
      title: "Waits for the user's sign-in, and tests with every deployment",
      yaml: `
resources:
  annaActivation:
    type: gmailsync:MailboxActivation
    properties:
      mailboxId: \${anna.mailboxId}
      profileId: \${anna.profileId}
      waitForSignIn: 30m
      retest: always
`,
    },
  ],
  importId: "the mailbox's id (GUID), the URL of its page in Dynamics, or its address",
  timeoutSeconds: 900,
  inputs: Type.Object(
    {
      mailboxId: Type.String({
        description: "Id of the mailbox (GUID).",
        ...GUID,
        replaceOnChanges: true,
      }),
      profileId: Type.Optional(
        Type.String({
          description:
            "Id of the profile that the mailbox is expected to have (GUID). Another value means another test, so pass `mailbox.profileId`.",
          ...GUID,
        }),
      ),
      // A fresh access token in every run is not a change of the mailbox.
      credential: Type.Optional({ ...MailCredential, secret: true, writeOnly: true, volatile: true }),
      roundTrip: Type.Boolean({
        description:
          "**Sends mail**: one message of the mailbox to itself, found again by IMAP and removed. Needs a `credential`, IMAP, and both directions.",
        default: false,
      }),
      waitForSignIn: Type.Optional(
        duration(
          "How long to wait for the mailbox's user to sign in to Gmail, for example `30m`; the link is logged once. Without it a missing sign-in fails at once.",
        ),
      ),
      tolerate: Type.Optional(
        Type.Array(ToleratedCode, {
          description:
            "Known exceptions, by their code (docs/codes.md): a mailbox that nothing else is in the way of is `waiting`. It fails no deployment, is named by a warning and looked at with every preview, and is tested by itself once the cause is gone. `TEST_FAILED` stands for whatever Test & Enable finds.",
          uniqueItems: true,
        }),
      ),
      retest: Type.String({
        description:
          "When `pulumi up` tests again what was good: `onChange` when the mailbox, its profile or the client secret that was written by this stack has changed since, `always` with every `up`, and a time such as `24h` or `7d` when the last test is older than that, too. What failed is always tested again.",
        pattern: "^(onChange|always|[1-9][0-9]{0,4}[smhd])$",
        form: "onChange, always, or a time such as 24h",
        default: "onChange",
      }),
      triggers: Type.Optional(
        Type.Record(Type.String(), Type.String(), {
          description: "Any change here means another test.",
          additionalProperties: false,
          form: "names on one line",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object(
    {
      emailAddress: Type.String({ description: "Address of the mailbox." }),
      status: Type.Enum([...STATUSES], {
        title: "ActivationStatus",
        description:
          "`success` only when it was seen for every direction that is switched on; `waiting` where all that is in the way is tolerated.",
        recomputed: true,
      }),
      directions: Type.Array(
        Type.Enum(["incoming", "outgoing"], { title: "Direction", typeDescription: "A way that mail goes." }),
        {
          description: "Directions that were switched on when the test ran.",
          recomputed: true,
        },
      ),
      steps: Type.Array(StoredStep, { description: "What was looked at, in order.", recomputed: true }),
      blockedBy: Type.Optional(
        Type.Array(Type.String(), { description: "Codes of what keeps it from success.", recomputed: true }),
      ),
      due: Type.Optional(
        Type.String({ description: "Why the next update tests again, where that is known.", recomputed: true }),
      ),
      basis: Type.Optional(Basis),
      token: Type.Optional(Token),
      testedOn: Type.Optional(
        Type.String({ description: "When the last awaited test ended (RFC 3339, UTC).", recomputed: true }),
      ),
    },
    { additionalProperties: false },
  ),
});

export type MailboxActivationInputs = InputsOf<typeof mailboxActivation>;
export type MailboxActivationOutputs = OutputsOf<typeof mailboxActivation>;
