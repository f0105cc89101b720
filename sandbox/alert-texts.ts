/** What an alert says, and the "Email Server Error Code" beside it, where there is one. */
export interface AlertText {
  readonly text: string;
  readonly type?: string;
}

export type Direction = "incoming" | "outgoing";

/** Names that stand in alerts. */
export interface Named {
  readonly mailbox: string;
  readonly profile: string;
}

/** The outgoing side of a test sends this. */
const TEST_MAIL = "Your mailbox is now connected to Dynamics 365";
const told = (owner: string) => `The owner of the associated email server profile ${owner} has been notified.`;
const unfit = (mailbox: string, doing: string) =>
  `Make sure that the credentials specified in the mailbox ${mailbox} are correct and have sufficient permissions for ${doing} email. Then, enable the mailbox for email processing.`;

const noCredentials = {
  incoming: ({ mailbox }: Named) => ({
    text: `Email cannot be received for the mailbox ${mailbox}. ${unfit(mailbox, "receiving")}`,
    type: "InvalidIncomingMailboxCredentials",
  }),
  outgoing: ({ mailbox }: Named) => ({
    text: `The email message "${TEST_MAIL}" cannot be sent. ${unfit(mailbox, "sending")}`,
    type: "InvalidOutgoingMailboxCredentials",
  }),
};

/**
 * Alerts about logins, in the sentences of Microsoft's articles:
 * https://learn.microsoft.com/troubleshoot/power-platform/dataverse/email-exchange-synchronization/
 * Assumption: test-alerts.
 */
export const LOGIN_ALERTS = {
  /** Google gives no token for what the mailbox holds. */
  consent: noCredentials,
  /** Google refuses the client of the profile. */
  client: {
    incoming: (named: Named) => ofProfile(named, "received", "receiving"),
    outgoing: (named: Named) => ofProfile(named, "sent", "sending"),
  },
  /** The mail server refuses the login. */
  login: {
    incoming: noCredentials.incoming,
    outgoing: ({ mailbox, profile }: Named) => ({
      text: `Email cannot be sent for mailbox "${TEST_MAIL}" because either a server certificate needed to connect to the email server could not be validated or the credentials used to send email are incorrect or do not provide access. Mailbox "${mailbox}" didn't synchronize. ${told(profile)}`,
      type: "OutgoingEmailAuthenticationError",
    }),
  },
  /** There is no such server. */
  host: {
    incoming: (named: Named) => ofServer(named, "received", "Incoming"),
    outgoing: (named: Named) => ofServer(named, "sent", "Outgoing"),
  },
  tls: {
    incoming: ({ mailbox, profile }: Named) => ({
      text: `Email cannot be received for the mailbox ${mailbox} because an error occurred while establishing a secure connection to the email server. The mailbox didn't synchronize. ${told(profile)}`,
      type: "Web server returned SecureChannelFailure exception.",
    }),
    outgoing: ({ mailbox, profile }: Named) => ({
      text: `The email message "${TEST_MAIL}" cannot be sent because an error occurred while establishing a secure connection to the email server. Mailbox ${mailbox} didn't synchronize. ${told(profile)}`,
      type: "Web server returned SecureChannelFailure exception.",
    }),
  },
  /** It may end by itself. */
  connecting: {
    incoming: ({ mailbox, profile }: Named) => ({
      text: `An error occurred in receiving email for the mailbox ${mailbox} while connecting to the email server. ${told(profile)} The system will try to receive email again later.`,
      type: "Http server returned ServiceUnavailable exception",
    }),
    outgoing: ({ profile }: Named) => ({
      text: `An error occurred in sending email for mailbox "${TEST_MAIL}" while connecting to the email server. ${told(profile)} The system will try to send email again later.`,
      type: "Web server returned ConnectFailure exception.",
    }),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Direction, (named: Named) => AlertText>>>>;

function ofProfile({ mailbox, profile }: Named, done: string, doing: string): AlertText {
  return {
    text: `Email can't be ${done} because the credentials specified in the associated email server profile are incorrect or have insufficient permissions for ${doing} email. The mailbox ${mailbox} has been disabled for ${doing} email and the owner of the email server profile ${profile} has been notified.`,
  };
}

function ofServer({ mailbox, profile }: Named, done: string, side: "Incoming" | "Outgoing"): AlertText {
  return {
    text: `Email cannot be ${done} for the mailbox ${mailbox} because the email server location or the ${side.toLowerCase()} email port specified in the associated email server profile ${profile} is incorrect. The mailbox didn't synchronize. ${told(profile)}`,
    type: `Socket returned exception Invalid${side}EmailServerProfileConfiguration HostNotFound.`,
  };
}
