import type { MailboxRow } from "../../dataverse/tables.ts";
import type { Context } from "../../resource/context.ts";

/** The mailbox as it was seen a moment ago. All that have a profile of this stack are looked at together. */
export function observeMailbox(
  id: string,
  profileId: string | undefined,
  { dataverse, deadline, roster }: Pick<Context, "dataverse" | "deadline" | "roster">,
): Promise<MailboxRow | undefined> {
  const values = [...new Set([...roster.profileIds, ...(profileId === undefined ? [] : [profileId])])];
  return dataverse.observe("mailboxes", id, deadline, { column: "_emailserverprofile_value", values });
}
