import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import type { Context } from "../../resource/context.ts";
import { sameAddress } from "../../schema/address.ts";
import type { MailboxInputs } from "./definition.ts";
import { kindOf } from "./find.ts";

/** Whether the mailbox is inactive because its user is disabled: nobody can activate it then, and nobody here should. */
export async function isIdle(
  row: MailboxRow,
  { dataverse, deadline }: Pick<Context, "dataverse" | "deadline">,
): Promise<boolean> {
  const { _regardingobjectid_value: owner } = row;
  if (row.statecode === 0 || owner === null || kindOf(row) !== "user") return false;
  const user = await dataverse.retrieve("systemusers", owner, deadline);
  return user?.isdisabled ?? false;
}

/** "The mailbox of a disabled user or an inactive queue cannot be activated." */
const OWNER_DISABLED = "0x8005e230";

export function isOwnersRefusal(error: unknown): boolean {
  return error instanceof Fault && error.code?.toLowerCase() === OWNER_DISABLED;
}

export function warnOfIdle(row: MailboxRow, { log }: Context): void {
  log(
    "warning",
    `The user of mailbox ${row.emailaddress} is disabled, and the mailbox with it; it stays inactive. Enable the user in Dynamics, or take the mailbox out of the program.`,
  );
}

/** A user's or queue's mailbox goes with it, and never comes back as the same row. */
export function warnOfGone(id: string, { emailAddress = "" }: Partial<MailboxInputs>, { log }: Context): void {
  log(
    "warning",
    `Mailbox ${id} of ${emailAddress} is gone from Dynamics, as its user or queue was deleted. Take it out of the program, or give the address to another user.`,
  );
}

/** The mailbox stays the same when its user is renamed. */
export function warnOfAddress(row: MailboxRow, { emailAddress }: Partial<MailboxInputs>, { log }: Context): void {
  if (emailAddress === undefined || sameAddress(row.emailaddress, emailAddress)) return;
  log(
    "warning",
    `Dynamics has given mailbox ${emailAddress} the address ${row.emailaddress ?? "none"}; it is the same mailbox. Write the new address into the program.`,
  );
}
