import { rows } from "./row.ts";

const ADMIN = "https://admin.google.com/ac/apps/gmail/enduseraccess";
const APPS = "https://admin.google.com/ac/owl/list?tab=configuredApps";
const SETTINGS = "https://mail.google.com/mail/u/0/#settings/fwdandpop";
const CONNECTIONS = "https://support.google.com/mail/answer/7126229";

/** What mail servers refuse. */
export const mail = rows({
  IMAP_DISABLED: {
    class: "access-disabled",
    seen: "test",
    words: "IMAP is switched off for the mailbox",
    hint: `The mailbox's user switches IMAP on: ${SETTINGS}. Trying again helps only after that.`,
    page: SETTINGS,
  },
  IMAP_DISABLED_BY_ADMIN: {
    class: "access-disabled",
    seen: "test",
    words: "IMAP is switched off for the organisational unit",
    hint: `A Workspace administrator allows IMAP for the organisational unit: ${ADMIN}. It can take a day.`,
    page: ADMIN,
  },
  POP_DISABLED: {
    class: "access-disabled",
    seen: "test",
    words: "POP is switched off for the mailbox",
    hint: `The mailbox's user switches POP on: ${SETTINGS}. Trying again helps only after that.`,
    page: SETTINGS,
  },
  POP_DISABLED_BY_ADMIN: {
    class: "access-disabled",
    seen: "test",
    words: "POP is switched off for the organisational unit",
    hint: `A Workspace administrator allows POP for the organisational unit: ${ADMIN}. It can take a day.`,
    page: ADMIN,
  },
  WEB_LOGIN_REQUIRED: {
    class: "human-needed",
    seen: "test",
    words: "Google wants a person to sign in first",
    hint: "Sign in to the mailbox once in a browser, https://mail.google.com, and answer what Google asks.",
    page: "https://mail.google.com",
  },
  PASSWORD_EXPECTED: {
    class: "protocol",
    seen: "test",
    words: "The server wants a password of the app's own, as if no token had been offered",
    hint: "The account or the server takes no OAuth here: check that the host is Gmail's, and that a Workspace administrator allows the app.",
    page: APPS,
  },
  TLS_REQUIRED: {
    class: "protocol",
    seen: "test",
    words: "The server wants TLS before a login",
    hint: "Something between here and there takes STARTTLS away, or it is the wrong port: Gmail's are 587 with STARTTLS and 465 with TLS from the start.",
  },
  COMMAND_REFUSED: {
    class: "protocol",
    seen: "test",
    words: "The server does not know a command of the login",
    hint: "Check that host and port are those of Gmail's server for this protocol; a server that offers no OAuth cannot be used.",
  },
  TOKEN_REFUSED: {
    class: "authentication",
    seen: "test",
    words: "The server refuses the token",
    hint: `The token is expired, for another account, without the scope https://mail.google.com/, or of an app that the organisation does not allow (${APPS}).`,
    page: APPS,
  },
  TOO_MANY_CONNECTIONS: {
    class: "throttled",
    seen: "test",
    words: "Other clients hold all connections of the account",
    hint: `Gmail allows 15 connections per account, and other clients hold them: ${CONNECTIONS}. Trying again later helps.`,
    page: CONNECTIONS,
    again: true,
  },
  TOO_MANY_LOGINS: {
    class: "throttled",
    seen: "test",
    words: "There were too many logins in a short time",
    hint: "Wait some minutes, then try again.",
    again: true,
  },
  BANDWIDTH_QUOTA: {
    class: "quota",
    seen: "test",
    words: "The account has used up its bandwidth for the day",
    hint: "Find the client that fetches so much; trying again tomorrow helps.",
  },
  SENDING_LIMIT: {
    class: "quota",
    seen: "test",
    words: "The account has sent as many messages as it may in a day",
    hint: "Trying again tomorrow helps; a Workspace account may send more than a personal one.",
  },
  MAILBOX_FULL: {
    class: "quota",
    seen: "test",
    words: "The mailbox is full",
    hint: "Delete mail, or get more storage.",
  },
  BLOCKED_BY_POLICY: {
    class: "policy",
    seen: "test",
    words: "A policy of the organisation blocks the app or the account",
    hint: `A Workspace administrator looks at ${APPS}.`,
    page: APPS,
  },
  TEMPORARY: {
    class: "transient",
    seen: "test",
    words: "The server has a passing problem",
    hint: "Trying again helps.",
    again: true,
  },
  MAIL_HOST_OTHER: {
    class: "configuration",
    seen: "live",
    words: "The email server profile names a host that is not Gmail's, which gets no token of a mailbox",
    hint: "Set the profile back to Gmail's hosts: an EmailServerProfile resource does so by `pulumi up`, unless with `incomingServerLocation` or `outgoingServerLocation`. If the host is one of yours that may log in to mailboxes, name it in the provider's setting `mailHosts` (GMAILSYNC_MAIL_HOSTS).",
  },
  NOT_THE_PROTOCOL: {
    class: "protocol",
    seen: "test",
    words: "What answers does not speak the protocol",
    hint: "Something else than a mail server answered, or a broken one: check host and port.",
  },
  NOT_ARRIVED: {
    class: "transient",
    seen: "test",
    words: "The message that was sent has not come back in time",
    hint: "It was accepted and may arrive later; look for its subject. Filters that move mail out of the inbox hide it from Dynamics too.",
    again: true,
  },
  UNEXPECTED: {
    class: "protocol",
    seen: "test",
    words: "Something went wrong that nobody has thought of",
    hint: "This should not happen: please report it, with the words of the message.",
  },
  NEEDS_IMAP_AND_BOTH: {
    class: "told",
    seen: "live",
    words: "needs IMAP and both directions",
    hint: "Use the protocol `imap`, and switch both directions on.",
  },
  NEEDS_BOTH_LOGINS: {
    class: "told",
    seen: "test",
    words: "needs both logins",
    hint: "Mend the login that failed; the message is sent then.",
  },
});
