import { createHash } from "node:crypto";
import type { Grant } from "../google/state.ts";
import { blank } from "./cells.ts";
import { type Cell, type DataverseState, now, type Row, rowsOf } from "./state.ts";
import { tables } from "./tables.ts";

export interface Person {
  readonly kind: "user" | "queue";
  readonly name: string;
  readonly address: string;
}

const DOMAIN = "northwind.example";

/** Who has a mailbox. Two of them share an address, as it happens. */
export const PEOPLE: readonly Person[] = [
  { kind: "user", name: "Anna Berg", address: `anna@${DOMAIN}` },
  { kind: "user", name: "Bert Lind", address: `bert@${DOMAIN}` },
  { kind: "user", name: "Carl Moss", address: `carl@${DOMAIN}` },
  { kind: "user", name: "Dora Nyman", address: `dora@${DOMAIN}` },
  { kind: "queue", name: "Sales", address: `sales@${DOMAIN}` },
  { kind: "queue", name: "Support", address: `support@${DOMAIN}` },
  { kind: "user", name: "Double User", address: `double@${DOMAIN}` },
  { kind: "queue", name: "Double Queue", address: `double@${DOMAIN}` },
];

export function extraPeople(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(4, "0");
    return { kind: "user", name: `User ${number}`, address: `user${number}@${DOMAIN}` };
  });
}

/** A moment that was never: what the service writes instead of null. */
const NEVER = "1900-01-01T00:00:00Z";
const NEVER_COLUMNS = [
  "testmailboxaccesscompletedon",
  "postponemailboxprocessinguntil",
  "postponesendinguntil",
  "postponetestemailconfigurationuntil",
  "postponeofficeappsdeploymentuntil",
  "receivingpostponeduntil",
  "receivingpostponeduntilforact",
  "tagemailsafter",
  "processemailreceivedafter",
  "lastautodiscoveredon",
];

export function seedDataverse(options: {
  readonly people: readonly Person[];
  readonly grants: readonly Grant[];
  readonly applicationId: string;
}): DataverseState {
  const state: DataverseState = {
    rows: { tracelogs: [] },
    version: 1_000_000,
    behaviour: { approval: "works", administrationMode: false, requestLimit: null },
  };
  const add = (set: string, cells: Record<string, Cell>): Row => {
    const table = tables.get(set);
    if (!table) throw new Error(`there is no table ${set}`);
    const row = { ...blank(table, now()), ...cells, versionnumber: ++state.version };
    rowsOf(state, set).push(row);
    return row;
  };
  add("organizations", { organizationid: idOf("organization"), name: "Contoso" });
  add("systemusers", {
    systemuserid: idOf("application user"),
    fullname: "# gmailsync",
    applicationid: options.applicationId,
  });
  add("emailserverprofiles", {
    emailserverprofileid: idOf("exchange profile"),
    name: "Microsoft Exchange Online",
    servertype: 3,
    incomingcredentialretrieval: 2,
    outgoingcredentialretrieval: 2,
  });
  const tokens = new Map(options.grants.map(({ address, refreshToken }) => [address, refreshToken]));
  for (const person of options.people) addPerson(add, person, tokens.get(person.address) ?? null);
  return state;
}

function addPerson(
  add: (set: string, cells: Record<string, Cell>) => Row,
  person: Person,
  refreshToken: string | null,
): void {
  const { kind, name, address } = person;
  const owner = idOf(`${kind} ${name}`);
  const mailboxid = idOf(`mailbox ${kind} ${address}`);
  if (kind === "user") {
    add("systemusers", {
      systemuserid: owner,
      fullname: name,
      internalemailaddress: address,
      _defaultmailbox_value: mailboxid,
    });
  } else {
    add("queues", { queueid: owner, name, emailaddress: address, _defaultmailbox_value: mailboxid });
  }
  add("mailboxes", {
    ...Object.fromEntries(NEVER_COLUMNS.map((column) => [column, NEVER])),
    mailboxid,
    name,
    emailaddress: address,
    incomingemaildeliverymethod: 0,
    outgoingemaildeliverymethod: 0,
    actdeliverymethod: 0,
    emailrouteraccessapproval: 0,
    isforwardmailbox: false,
    _regardingobjectid_value: owner,
    regardingobjecttypecode: kind === "user" ? "systemuser" : "queue",
    testemailconfigurationretrycount: 0,
    oauthrefreshtoken: refreshToken,
  });
}

/** The same id each time the world is made. */
function idOf(name: string): string {
  const hex = createHash("sha256").update(`sandbox ${name}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
