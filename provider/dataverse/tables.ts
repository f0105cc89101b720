import { Fault } from "../fault.ts";

/**
 * The columns that are read, by Dataverse's own names (`schema/dataverse/*.columns.json`), with the kind of their
 * content. Row types and `$select` come from here. A trailing `!` marks columns that are never null.
 */
type Kind = "string" | "integer" | "boolean" | "string!" | "integer!" | "boolean!";
type Columns = Readonly<Record<string, Kind>>;

interface Table {
  readonly key: string;
  readonly columns: Columns;
}

const emailserverprofiles = {
  key: "emailserverprofileid",
  columns: {
    emailserverprofileid: "string!",
    name: "string",
    description: "string",
    servertype: "integer",
    incomingcredentialretrieval: "integer",
    outgoingcredentialretrieval: "integer",
    incomingserverlocation: "string",
    incomingportnumber: "integer",
    incomingusessl: "boolean",
    outgoingserverlocation: "string",
    outgoingportnumber: "integer",
    outgoingusessl: "boolean",
    useautodiscover: "boolean",
    usesamesettingsforoutgoingconnections: "boolean",
    oauthclientid: "string",
    isoauthclientsecretset: "boolean!",
    minpollingintervalinminutes: "integer",
    maxconcurrentconnections: "integer",
    processemailsreceivedafter: "string",
    moveundeliveredemails: "boolean",
    sendemailalert: "boolean",
    timeoutmailboxconnection: "boolean",
    timeoutmailboxconnectionafteramount: "integer",
    encodingcodepage: "string",
    owneremailaddress: "string",
    statecode: "integer!",
  },
} as const satisfies Table;

const mailboxes = {
  key: "mailboxid",
  columns: {
    mailboxid: "string!",
    name: "string",
    emailaddress: "string",
    _emailserverprofile_value: "string",
    _regardingobjectid_value: "string",
    /** Logical name of the owner's table, `systemuser` or `queue`: an annotation, which comes along without being selected. */
    "_regardingobjectid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "string",
    incomingemaildeliverymethod: "integer",
    outgoingemaildeliverymethod: "integer",
    actdeliverymethod: "integer",
    emailrouteraccessapproval: "integer!",
    incomingemailstatus: "integer",
    outgoingemailstatus: "integer",
    processanddeleteemails: "boolean!",
    isoauthrefreshtokenset: "boolean!",
    testemailconfigurationscheduled: "boolean!",
    testmailboxaccesscompletedon: "string",
    statecode: "integer!",
  },
} as const satisfies Table;

const organizations = {
  key: "organizationid",
  columns: {
    organizationid: "string!",
    name: "string",
    _defaultemailserverprofileid_value: "string",
    requireapprovalforuseremail: "boolean!",
    requireapprovalforqueueemail: "boolean!",
  },
} as const satisfies Table;

const tracelogs = {
  key: "tracelogid",
  columns: {
    tracelogid: "string!",
    level: "integer",
    text: "string",
    tracecode: "integer",
    tracestatus: "boolean",
    errordetails: "string",
    createdon: "string",
  },
} as const satisfies Table;

/** Entity sets of the Web API. */
export const tables = { emailserverprofiles, mailboxes, organizations, tracelogs } as const;

export type TableName = keyof typeof tables;

interface Content {
  string: string | null;
  integer: number | null;
  boolean: boolean | null;
  "string!": string;
  "integer!": number;
  "boolean!": boolean;
}

/** A row: its columns, and its version for `If-Match`. */
export type Row<T extends TableName> = {
  readonly [C in keyof (typeof tables)[T]["columns"]]: (typeof tables)[T]["columns"][C] extends Kind
    ? Content[(typeof tables)[T]["columns"][C]]
    : never;
} & { readonly etag: string };

export type EmailServerProfileRow = Row<"emailserverprofiles">;
export type MailboxRow = Row<"mailboxes">;

export function selectOf(table: TableName): string {
  return Object.keys(tables[table].columns)
    .filter((column) => !column.includes("@"))
    .join(",");
}

/** Checks one row of an answer: a server that says something else than its documentation is not believed. */
export function parseRow<T extends TableName>(table: T, value: unknown): Row<T> {
  if (isRow(table, value)) return value;
  throw new Fault({
    kind: "unexpected",
    what: `Dataverse answered with a row of ${table} that is not one: ${flaw(table, value)}`,
  });
}

function isRow<T extends TableName>(table: T, value: unknown): value is Row<T> {
  return flaw(table, value) === undefined;
}

function flaw(table: TableName, value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return "it is no object";
  if (typeof Reflect.get(value, "etag") !== "string") return "it has no @odata.etag";
  for (const [column, kind] of Object.entries(tables[table].columns)) {
    if (!fits(Reflect.get(value, column), kind)) return `column ${column} is no ${kind.replace("!", "")}`;
  }
  return undefined;
}

function fits(cell: unknown, kind: Kind): boolean {
  if (cell === null || cell === undefined) return !kind.endsWith("!");
  const type = kind.replace("!", "");
  return type === "integer" ? Number.isInteger(cell) : typeof cell === type;
}
