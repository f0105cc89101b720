import { type Cell, type DataverseState, findRow, type Row, rowsOf, touch } from "./state.ts";

interface Owner {
  /** Column of its address, which its mailbox has, too. */
  readonly address: string;
  readonly isDisabled: (row: Row) => boolean;
  /** The column by which the organisation wants such addresses approved. */
  readonly approvalRequired: string;
}

/** Who owns mailboxes, by entity set. */
export const OWNERS: Readonly<Record<string, Owner>> = {
  systemusers: {
    address: "internalemailaddress",
    isDisabled: (row) => row["isdisabled"] === true,
    approvalRequired: "requireapprovalforuseremail",
  },
  queues: {
    address: "emailaddress",
    isDisabled: (row) => row["statecode"] === 1,
    approvalRequired: "requireapprovalforqueueemail",
  },
};

/** What becomes of the mailbox when its user or queue was saved. */
export function ownerSaved(state: DataverseState, set: string, before: Row, after: Row): void {
  const owner = OWNERS[set];
  const mailbox = owner && findRow(state, "mailboxes", "mailboxid", String(after["_defaultmailbox_value"]));
  if (!mailbox) return;
  const cells: Record<string, Cell> = {
    ...(before[owner.address] !== after[owner.address] &&
      readdressed(state, mailbox, after[owner.address] ?? null, owner.approvalRequired)),
    ...(owner.isDisabled(before) !== owner.isDisabled(after) && switched(!owner.isDisabled(after))),
  };
  if (Object.keys(cells).length === 0) return;
  Object.assign(mailbox, cells);
  touch(state, mailbox);
}

/** The mailbox stays the same row with another address. Assumption: readdressed-mailbox. */
function readdressed(state: DataverseState, mailbox: Row, address: Cell, required: string): Record<string, Cell> {
  const [organization] = rowsOf(state, "organizations");
  const approved = mailbox["emailrouteraccessapproval"] === 1;
  return {
    emailaddress: address,
    ...(approved && organization?.[required] !== false && { emailrouteraccessapproval: 2 }),
    incomingemailstatus: 0,
    outgoingemailstatus: 0,
    enabledforincomingemail: false,
    enabledforoutgoingemail: false,
  };
}

/** A disabled user's or queue's mailbox is inactive. Assumption: owner-enabled-again. */
function switched(active: boolean): Record<string, Cell> {
  return {
    statecode: active ? 0 : 1,
    statuscode: active ? 1 : 2,
    enabledforincomingemail: false,
    enabledforoutgoingemail: false,
  };
}
