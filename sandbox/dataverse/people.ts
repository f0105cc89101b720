import { blank } from "./cells.ts";
import { type Cell, type DataverseState, now, type Row, rowsOf } from "./state.ts";
import { tables } from "./tables.ts";

/** Whose mailbox it is. */
export type Kind = "user" | "queue" | "forward";

export interface Person {
  readonly kind: Kind;
  readonly name: string;
  readonly address: string;
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

export function addRow(state: DataverseState, set: string, cells: Record<string, Cell>): Row {
  const table = tables.get(set);
  if (!table) throw new Error(`there is no table ${set}`);
  state.version += 1;
  const row = { ...blank(table, now()), ...cells, versionnumber: state.version };
  rowsOf(state, set).push(row);
  return row;
}

/**
 * A user or queue with its mailbox, or a forward mailbox; returns the mailbox.
 * Assumption: new-mailbox-methods.
 */
export function addPerson(state: DataverseState, person: Person, ids: { owner: string; mailboxid: string }): Row {
  const { kind, name, address } = person;
  const { owner, mailboxid } = ids;
  if (kind === "user")
    addRow(state, "systemusers", {
      systemuserid: owner,
      fullname: name,
      internalemailaddress: address,
      _defaultmailbox_value: mailboxid,
    });
  if (kind === "queue")
    addRow(state, "queues", { queueid: owner, name, emailaddress: address, _defaultmailbox_value: mailboxid });
  const link = { user: "systemuser", queue: "queue", forward: null }[kind];
  return addRow(state, "mailboxes", {
    ...Object.fromEntries(NEVER_COLUMNS.map((column) => [column, NEVER])),
    mailboxid,
    name,
    emailaddress: address,
    incomingemaildeliverymethod: 0,
    outgoingemaildeliverymethod: 0,
    actdeliverymethod: 0,
    emailrouteraccessapproval: 0,
    isforwardmailbox: kind === "forward",
    _regardingobjectid_value: link && owner,
    regardingobjecttypecode: link,
    testemailconfigurationretrycount: 0,
  });
}
