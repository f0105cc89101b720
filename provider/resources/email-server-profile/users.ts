import type { MailboxRow } from "../../dataverse/tables.ts";
import type { Context } from "../../resource/context.ts";

/** A filter that fits the mailboxes which have a profile. */
export function withProfile(id: string): string {
  return `_emailserverprofile_value eq ${id}`;
}

/** One of them, if there is any. */
export async function anyUser(id: string, { dataverse, deadline }: Context): Promise<MailboxRow | undefined> {
  const [user] = await dataverse.list("mailboxes", withProfile(id), { top: 1 }, deadline);
  return user;
}
