import type { MailboxRow } from "../../dataverse/tables.ts";
import type { Context } from "../../resource/context.ts";
import { findMailbox, WITH_ADDRESS } from "./find.ts";

/** The mailbox as it was seen a moment ago. All that have a profile of this stack are looked at together. */
export function observeMailbox(
  id: string,
  profileId: string | undefined,
  { dataverse, deadline, roster }: Pick<Context, "dataverse" | "deadline" | "roster">,
): Promise<MailboxRow | undefined> {
  const values = [...new Set([...roster.profileIds, ...(profileId === undefined ? [] : [profileId])])];
  const alike = { column: "_emailserverprofile_value", values, wider: WITH_ADDRESS };
  return dataverse.observe("mailboxes", id, deadline, alike);
}

/** The same by what a resource is read by: at an import people may give the address, which they know, instead of the id. */
export async function mailboxOf(
  id: string,
  profileId: string | undefined,
  context: Context,
): Promise<MailboxRow | undefined> {
  if (!id.includes("@")) return observeMailbox(id, profileId, context);
  return findMailbox({ emailAddress: id }, context, context.deadline);
}
