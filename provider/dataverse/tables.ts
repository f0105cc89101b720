import type { ColumnKind, ValueOf } from "./columns.ts";

/** Annotation of a lookup: the logical name of the table it points to. Comes along when `Prefer` asks for it. */
export const LOOKUP_TYPE = "Microsoft.Dynamics.CRM.lookuplogicalname";

interface Definition {
  /** What one row is called in messages. */
  readonly label: string;
  /** Column of the primary key. */
  readonly key: string;
  readonly columns: Readonly<Record<string, ColumnKind>>;
}

/**
 * The tables and columns that are read, by entity set (Dataverse table reference; the full lists are under
 * `schema/dataverse`). From here come the row types, `$select` and the checks of what is answered. Newer columns that
 * older environments lack are left out: a `$select` of one of them is refused.
 */
export const tables = {
  emailserverprofiles: {
    label: "email server profile",
    key: "emailserverprofileid",
    columns: {
      emailserverprofileid: "guid",
      name: "string",
      description: "string?",
      servertype: "integer",
      incomingcredentialretrieval: "integer?",
      outgoingcredentialretrieval: "integer?",
      incomingserverlocation: "string?",
      outgoingserverlocation: "string?",
      incomingportnumber: "integer?",
      outgoingportnumber: "integer?",
      incomingusessl: "on",
      outgoingusessl: "on",
      useautodiscover: "off",
      usesamesettingsforoutgoingconnections: "on",
      oauthclientid: "string?",
      isoauthclientsecretset: "off",
      moveundeliveredemails: "off",
      maxconcurrentconnections: "integer?",
      minpollingintervalinminutes: "integer?",
      sendemailalert: "off",
      processemailsreceivedafter: "date?",
      timeoutmailboxconnection: "on",
      timeoutmailboxconnectionafteramount: "integer?",
      encodingcodepage: "string?",
      owneremailaddress: "line?",
      statecode: "integer",
      statuscode: "integer?",
    },
  },
  mailboxes: {
    label: "mailbox",
    key: "mailboxid",
    columns: {
      mailboxid: "guid",
      name: "string?",
      emailaddress: "string?",
      _emailserverprofile_value: "lookup",
      incomingemaildeliverymethod: "integer?",
      outgoingemaildeliverymethod: "integer?",
      actdeliverymethod: "integer?",
      emailrouteraccessapproval: "integer",
      incomingemailstatus: "integer?",
      outgoingemailstatus: "integer?",
      testemailconfigurationscheduled: "off",
      testmailboxaccesscompletedon: "date?",
      isoauthrefreshtokenset: "off",
      oauthtokenexpireson: "date?",
      _regardingobjectid_value: "lookup",
      /** The owner's table, `systemuser` or `queue`; null for a forward mailbox. */
      [`_regardingobjectid_value@${LOOKUP_TYPE}`]: "annotation",
      processanddeleteemails: "off",
      statecode: "integer",
      modifiedon: "date?",
    },
  },
  organizations: {
    label: "organization",
    key: "organizationid",
    columns: {
      organizationid: "guid",
      name: "string?",
      _defaultemailserverprofileid_value: "lookup",
      requireapprovalforuseremail: "on",
      requireapprovalforqueueemail: "on",
    },
  },
  systemusers: {
    label: "user",
    key: "systemuserid",
    columns: { systemuserid: "guid", isdisabled: "off" },
  },
  tracelogs: {
    label: "alert",
    key: "tracelogid",
    columns: {
      tracelogid: "guid",
      level: "integer",
      text: "string?",
      tracecode: "integer",
      errordetails: "string?",
      errortypedisplay: "string?",
      modifiedon: "date?",
      _regardingobjectid_value: "lookup",
    },
  },
} as const satisfies Readonly<Record<string, Definition>>;

type RowOf<D extends Definition> = {
  readonly [N in keyof D["columns"]]: ValueOf<D["columns"][N]>;
} & {
  /** Version of the row, for `If-Match`. */
  readonly etag: string;
};

export type EmailServerProfileRow = RowOf<typeof tables.emailserverprofiles>;
export type MailboxRow = RowOf<typeof tables.mailboxes>;

/** The rows by entity set. */
export type Tables = { readonly [T in keyof typeof tables]: RowOf<(typeof tables)[T]> };

export type TableName = keyof Tables;

/** The same definition with its details widened, for code that treats all tables alike. */
export function definitionOf(table: TableName): Definition {
  return tables[table];
}

/** `$select` of everything that is read. */
export function selectOf(table: TableName): string {
  return Object.keys(tables[table].columns)
    .filter((column) => !column.includes("@"))
    .join(",");
}
