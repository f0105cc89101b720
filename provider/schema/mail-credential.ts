import { type Static, Type } from "typebox";
import { bearerToken } from "./bearer-token.ts";
import { TEXT } from "./forms.ts";
import { readServiceAccountKey } from "./service-account-key.ts";

/** Where a token for the mailbox's own login comes from: exactly one of the first four. */
export const MailCredential = Type.Object(
  {
    serviceAccountKey: Type.Optional(
      Type.String({
        description:
          "JSON key of a Google service account that has domain-wide delegation for `https://mail.google.com/`: the text of the key file, also in base64. One key serves every mailbox of the organisation.",
        minLength: 1,
        jsonText: true,
        form: "the text of the key file",
      }),
    ),
    serviceAccountEmail: Type.Optional(
      Type.String({
        description:
          "The same without a key: the address of a service account with that delegation, for which the Google credentials of the pipeline (Application Default Credentials) hold the role `roles/iam.serviceAccountTokenCreator`.",
        pattern: "^[a-z0-9-]+@[a-z0-9.-]+\\.gserviceaccount\\.com$",
        form: "the address of a service account: <name>@<project>.iam.gserviceaccount.com",
        maxLength: 320,
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
    clientId: Type.Optional(Type.String({ description: "OAuth client of the refresh token.", ...TEXT, minLength: 1 })),
    clientSecret: Type.Optional(Type.String({ description: "Its secret.", minLength: 1 })),
  },
  {
    title: "MailCredential",
    additionalProperties: false,
    // Any file of Google's, so that it is told what is wrong with another one.
    asFile: { member: "serviceAccountKey", knownBy: ["type", "private_key", "client_email", "web", "installed"] },
    typeDescription: "Where a token for a mailbox's own login comes from.",
    description:
      "Where a token for the mailbox's own login comes from. It proves servers and mailbox, not Dynamics' own consent.",
  },
);

export type MailCredential = Static<typeof MailCredential>;

const SOURCES = ["serviceAccountKey", "serviceAccountEmail", "refreshToken", "accessToken"] as const;

/** What is wrong with a credential beyond its shape; undefined where it is sound. */
export function credentialProblem(credential: MailCredential): string | undefined {
  const given = SOURCES.filter((source) => credential[source] !== undefined);
  if (given.length !== 1) {
    return `needs exactly one of ${SOURCES.join(", ")}; given ${given.length === 0 ? "is none" : `are ${given.join(" and ")}`}`;
  }
  if (credential.accessToken && !bearerToken(credential.accessToken))
    return "accessToken holds what no access token has, such as a space or a line break";
  if (credential.refreshToken && !(credential.clientId && credential.clientSecret))
    return "needs clientId and clientSecret of the client that the refresh token was given to";
  const key = credential.serviceAccountKey && readServiceAccountKey(credential.serviceAccountKey);
  return typeof key === "string" && key ? `cannot be used: serviceAccountKey: ${key}` : undefined;
}
