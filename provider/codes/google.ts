import { rows } from "./row.ts";

/** What is asked at Google about an OAuth client, and about tokens. */
export const google = rows({
  CLIENT_NOT_FOUND: {
    class: "configuration",
    seen: "live",
    words: "Google does not know the OAuth client",
    hint: "Check the client id against the list of clients: {clientsPage}",
  },
  SECRET_WRONG: {
    class: "configuration",
    seen: "live",
    words: "Google refuses the secret of the OAuth client",
    hint: "The secret is wrong, or was disabled or deleted. Compare its last four characters with the console's, or add a new secret: {clientPage}",
  },
  CLIENT_DELETED: {
    class: "configuration",
    seen: "live",
    words: "The OAuth client was deleted",
    hint: "A client is deleted by hand, or by Google when it was not used for six months. It can be restored for 30 days: {deletedClientsPage}",
  },
  CLIENT_DISABLED: {
    class: "configuration",
    seen: "live",
    words: "The OAuth client, its project or its owner's account is disabled",
    hint: "Enable the client, its project or the suspended account again: {clientPage}",
  },
  CLIENT_REFUSED: {
    class: "configuration",
    seen: "live",
    words: "Google refuses the OAuth client, and does not say whether for its id or its secret",
    hint: "Look at the client in the console: {clientPage}",
  },
  REDIRECT_URI_MISMATCH: {
    class: "configuration",
    seen: "live",
    words: "The OAuth client does not list the redirect URI of the environment",
    hint: "Add it to the client's authorised redirect URIs, character by character: {clientPage}. It takes five minutes to a few hours until Google knows it; `verifyTimeout` waits.",
  },
  PROJECT_OTHER: {
    class: "unproven",
    seen: "live",
    words: "The OAuth client seems to be one of another project",
    hint: "Compare it with the clients of the project: {clientsPage}",
  },
  UNPROVEN: {
    class: "unproven",
    seen: "live",
    words: "Google could not be asked, or its answer proves neither",
    hint: "Run it again; if it stays so, check that this machine may reach accounts.google.com and oauth2.googleapis.com.",
    again: true,
  },
  DECLARED_ONLY: {
    class: "unproven",
    seen: "live",
    words: "It is declared, and Google has no API to read it",
    hint: "Compare the declaration with the console: {audiencePage}",
  },
  PREVIOUS_SECRET_ACCEPTED: {
    class: "told",
    seen: "live",
    words: "Google still accepts the previous secret",
    hint: "Once every stack with a profile of this client has been deployed, disable it: {clientPage}",
  },
  PREVIOUS_SECRET_REFUSED: {
    class: "told",
    seen: "live",
    words: "Google no longer accepts the previous secret",
    hint: "Take previousClientSecret out of the program.",
  },
  TOKEN: {
    class: "authentication",
    seen: "test",
    words: "Google gave no token for the mailbox's own login",
    hint: "Check the credential that was given for it, and what Google said.",
  },
  CREDENTIAL_REFUSED: {
    class: "configuration",
    seen: "test",
    words: "The credential for the own logins serves no mailbox",
    hint: "What Google said tells why. Until the credential is mended, no mailbox that it is for is tested.",
    everywhere: true,
  },
  CONSENT: {
    class: "consent",
    seen: "test",
    words: "The consent behind the credential has ended",
    hint: "Its user signs in again, and the new refresh token takes the place of the old one.",
  },
  TOKEN_OF_OTHER: {
    class: "authentication",
    seen: "test",
    words: "The access token is one of another mailbox",
    hint: "Sign in as the mailbox's own user to get its token.",
  },
  NO_CREDENTIAL: {
    class: "told",
    seen: "live",
    words: "no credential for the mailbox: Dynamics' own test decides",
    hint: "Give the provider a `mailCredential`, or the activation a `credential`, to have the logins tried here first.",
  },
  NO_TOKEN: {
    class: "told",
    seen: "test",
    words: "no token for the login",
    hint: "Mend what kept the token from coming; the login is tried then.",
  },
});
