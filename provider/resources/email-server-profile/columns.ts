import type { EmailServerProfileRow } from "../../dataverse/tables.ts";
import { type Column, type Columns, option, plain } from "../../resource/columns.ts";
import { GMAIL } from "../../schema/mail-hosts.ts";
import type { EmailServerProfileInputs } from "./definition.ts";

type Inputs = EmailServerProfileInputs;
type Protocol = Inputs["protocol"];

/** Option set `servertype`; there is no value for Gmail: it is IMAP or POP3 with OAuth. */
const SERVER_TYPE: Readonly<Record<Protocol, number>> = { imap: 4, pop3: 1 };

/**
 * What makes a profile one for Gmail: credential retrieval 5 ("Gmail OAuth") both ways, TLS, no autodiscovery, and
 * outgoing settings of their own.
 */
export const fixedColumns = {
  incomingcredentialretrieval: 5,
  outgoingcredentialretrieval: 5,
  incomingusessl: true,
  outgoingusessl: true,
  useautodiscover: false,
  usesamesettingsforoutgoingconnections: false,
} as const satisfies Partial<EmailServerProfileRow>;

/** Whether a profile is for IMAP or POP3 with Gmail's OAuth both ways. */
export function isGmail(row: EmailServerProfileRow): boolean {
  const { incomingcredentialretrieval: incoming, outgoingcredentialretrieval: outgoing, servertype } = row;
  return incoming === 5 && outgoing === 5 && Object.values(SERVER_TYPE).includes(servertype);
}

/** How a profile receives; undefined for Exchange. */
export function protocolOf({ servertype }: EmailServerProfileRow): Protocol | undefined {
  return (["imap", "pop3"] as const).find((protocol) => SERVER_TYPE[protocol] === servertype);
}

/** Columns with which a login stands or falls: after a change mailboxes have to be tested again. */
export const connectionColumns = [
  "servertype",
  "incomingserverlocation",
  "incomingportnumber",
  "outgoingserverlocation",
  "outgoingportnumber",
  "oauthclientid",
  "statecode",
  "incomingcredentialretrieval",
  "outgoingcredentialretrieval",
  "incomingusessl",
  "outgoingusessl",
] as const satisfies readonly (keyof EmailServerProfileRow)[];

/** A server or port. Where the program leaves it out it is Gmail's (Google: "Add Gmail to another email client"): only the admin form fills it in by itself. */
function gmail<V extends string | number>(
  column: keyof EmailServerProfileRow,
  gmails: Readonly<Record<Protocol, V>>,
): Column<V | undefined, Inputs, EmailServerProfileRow> {
  return { ...plain(column, null), wanted: (value, { protocol }) => value ?? (protocol && gmails[protocol]) };
}

export const columns: Columns<Inputs, EmailServerProfileRow> = {
  name: plain("name", null),
  description: plain("description", null),
  protocol: option("servertype", SERVER_TYPE),
  oauthClientId: plain("oauthclientid", null),
  // Never given back: the handler compares what was written.
  oauthClientSecret: null,
  incomingServerLocation: gmail("incomingserverlocation", GMAIL),
  incomingPort: gmail("incomingportnumber", { imap: 993, pop3: 995 }),
  outgoingServerLocation: gmail("outgoingserverlocation", { imap: GMAIL.smtp, pop3: GMAIL.smtp }),
  outgoingPort: gmail("outgoingportnumber", { imap: 587, pop3: 587 }),
  // In the organisation's row.
  defaultForNewMailboxes: null,
  enabled: {
    column: "statecode",
    unset: null,
    wanted: (enabled) => (enabled === undefined ? undefined : enabled ? 0 : 1),
    seen: (cell) => cell === 0,
    patch: (cell) => ({ statecode: cell, statuscode: cell === 0 ? 1 : 2 }),
  },
  minPollingIntervalInMinutes: plain("minpollingintervalinminutes", null),
  maxConcurrentConnections: plain("maxconcurrentconnections", null),
  processEmailsReceivedAfter: plain("processemailsreceivedafter", null),
  moveUndeliveredEmails: plain("moveundeliveredemails", false),
  sendEmailAlert: plain("sendemailalert", false),
  timeoutMailboxConnection: plain("timeoutmailboxconnection", true),
  timeoutMailboxConnectionAfterAmount: plain("timeoutmailboxconnectionafteramount", null),
  encodingCodePage: plain("encodingcodepage", null),
  ownerEmailAddress: plain("owneremailaddress", null),
};
