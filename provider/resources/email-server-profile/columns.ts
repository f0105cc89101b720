import type { EmailServerProfileRow } from "../../dataverse/tables.ts";
import type { Cell, Changes, Column } from "../../resource/columns.ts";
import type { EmailServerProfileInputs } from "./definition.ts";

type Inputs = EmailServerProfileInputs;
type Protocol = Inputs["protocol"];

/** Option set `servertype`; there is no value for Gmail: it is IMAP or POP3 with OAuth. */
const SERVER_TYPE: Readonly<Record<Protocol, number>> = { imap: 4, pop3: 1 };

/** Gmail's servers (Google: "Add Gmail to another email client"). Only the admin form fills them in by itself. */
const GMAIL = {
  incomingServerLocation: { imap: "imap.gmail.com", pop3: "pop.gmail.com" },
  incomingPort: { imap: 993, pop3: 995 },
  outgoingServerLocation: { imap: "smtp.gmail.com", pop3: "smtp.gmail.com" },
  outgoingPort: { imap: 587, pop3: 587 },
} as const;

/**
 * What makes a profile one for Gmail: credential retrieval 5 ("Gmail OAuth") both ways, TLS, no autodiscovery, and
 * outgoing settings of their own.
 */
export const fixedColumns: Changes = {
  incomingcredentialretrieval: 5,
  outgoingcredentialretrieval: 5,
  incomingusessl: true,
  outgoingusessl: true,
  useautodiscover: false,
  usesamesettingsforoutgoingconnections: false,
};

/** Whether a profile is for IMAP or POP3 with Gmail's OAuth both ways. */
export function isGmail(row: EmailServerProfileRow): boolean {
  const { incomingcredentialretrieval: incoming, outgoingcredentialretrieval: outgoing, servertype } = row;
  return incoming === 5 && outgoing === 5 && Object.values(SERVER_TYPE).includes(servertype);
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
] as const;

/** A property that stands in its column as it is; `unset` is the column's default. */
function plain(property: keyof Inputs & string, column: string, unset: Cell): Column<Inputs> {
  return {
    property,
    column,
    unset,
    wanted: (inputs) => inputs[property],
    seen: (cell) => cell ?? undefined,
  };
}

function gmail(property: keyof typeof GMAIL, column: string): Column<Inputs> {
  return {
    ...plain(property, column, null),
    wanted: (inputs) => inputs[property] ?? (inputs.protocol && GMAIL[property][inputs.protocol]),
  };
}

export const columns: readonly Column<Inputs>[] = [
  plain("name", "name", null),
  plain("description", "description", null),
  {
    property: "protocol",
    column: "servertype",
    unset: null,
    wanted: ({ protocol }) => protocol && SERVER_TYPE[protocol],
    seen: (cell) => Object.entries(SERVER_TYPE).find(([, value]) => value === cell)?.[0],
  },
  plain("oauthClientId", "oauthclientid", null),
  gmail("incomingServerLocation", "incomingserverlocation"),
  gmail("incomingPort", "incomingportnumber"),
  gmail("outgoingServerLocation", "outgoingserverlocation"),
  gmail("outgoingPort", "outgoingportnumber"),
  {
    property: "enabled",
    column: "statecode",
    unset: null,
    wanted: ({ enabled }) => (enabled === undefined ? undefined : enabled ? 0 : 1),
    seen: (cell) => cell === 0,
    patch: (cell) => ({ statecode: cell, statuscode: cell === 0 ? 1 : 2 }),
  },
  plain("minPollingIntervalInMinutes", "minpollingintervalinminutes", null),
  plain("maxConcurrentConnections", "maxconcurrentconnections", null),
  plain("processEmailsReceivedAfter", "processemailsreceivedafter", null),
  plain("moveUndeliveredEmails", "moveundeliveredemails", false),
  plain("sendEmailAlert", "sendemailalert", false),
  plain("timeoutMailboxConnection", "timeoutmailboxconnection", true),
  plain("timeoutMailboxConnectionAfterAmount", "timeoutmailboxconnectionafteramount", null),
  plain("encodingCodePage", "encodingcodepage", null),
  plain("ownerEmailAddress", "owneremailaddress", null),
];
