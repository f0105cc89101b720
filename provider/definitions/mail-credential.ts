import { type Static, Type } from "typebox";

/** Where a token for the mailbox's own login comes from: exactly one of the first three. */
export const MailCredential = Type.Object(
  {
    serviceAccountKey: Type.Optional(
      Type.String({
        description:
          "JSON key of a Google service account that has domain-wide delegation for `https://mail.google.com/`. One key serves every mailbox of the organisation.",
        minLength: 1,
      }),
    ),
    refreshToken: Type.Optional(
      Type.String({
        description:
          "Refresh token of this mailbox's user; needs `clientId` and `clientSecret` of the client it was given to.",
        minLength: 1,
      }),
    ),
    accessToken: Type.Optional(
      Type.String({ description: "Access token of this mailbox's user. It lives about an hour.", minLength: 1 }),
    ),
    clientId: Type.Optional(Type.String({ description: "OAuth client of the refresh token.", minLength: 1 })),
    clientSecret: Type.Optional(Type.String({ description: "Its secret.", minLength: 1 })),
  },
  {
    title: "MailCredential",
    additionalProperties: false,
    description:
      "Where a token for the mailbox's own login comes from. It proves servers and mailbox, not Dynamics' own consent.",
  },
);

export type MailCredential = Static<typeof MailCredential>;
