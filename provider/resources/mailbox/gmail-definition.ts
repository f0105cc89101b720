import { type Static, Type } from "typebox";

/** Settings of the mailbox at Gmail (Gmail API, `users.settings`). What is left out is left alone. */
export const GmailSettings = Type.Object(
  {
    imap: Type.Optional(Type.Boolean({ description: "Whether IMAP is switched on." })),
    pop: Type.Optional(
      Type.Enum(["disabled", "fromNowOn", "allMail"], { description: "Which mail POP3 shows, if any." }),
    ),
    popDisposition: Type.Optional(
      Type.Enum(["leaveInInbox", "archive", "trash", "markRead"], {
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
