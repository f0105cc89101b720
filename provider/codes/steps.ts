/** Everything that is looked at, by the stable name of the step, and what it is called for people. */
export const STEPS = {
  find: "mailbox in Dataverse",
  profile: "email server profile",
  oauthClient: "Google OAuth client",
  mailbox: "mailbox",
  approval: "approval",
  signIn: "sign-in to Gmail",
  token: "token for the mailbox",
  imap: "own IMAP login",
  pop3: "own POP3 login",
  smtp: "own SMTP login",
  roundTrip: "round trip",
  test: "Test & Enable",
  incoming: "incoming mail",
  outgoing: "outgoing mail",
  alerts: "alerts",
  clientSecret: "client id and secret",
  redirectUri: "redirect URI",
  javascriptOrigin: "JavaScript origin",
  previousClientSecret: "previous secret",
  project: "project of the client",
  consentScreen: "consent screen",
} as const;

export type StepId = keyof typeof STEPS;
