import type { MailboxRow } from "../../dataverse/tables.ts";
import { sameText } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import { isGuid } from "../../schema/guid.ts";
import { putBack } from "./adopt.ts";
import { keptOriginal, type Noted } from "./before.ts";

export interface Leftover {
  readonly row: MailboxRow;
  readonly kept: Noted;
}

/**
 * The mailboxes that have this profile and that no resource holds: the state has never known those that a run which was cut off
 * has adopted, and knows no more of those that another stack has held and given back.
 */
export async function leftoversOf(profileId: string, context: Context): Promise<readonly Leftover[]> {
  const { originals, urn, roster, dataverse, deadline } = context;
  const left: Leftover[] = [];
  for (const id of originals.keys(urn).filter((key) => isGuid(key) && !roster.mailboxes.isHeld(key))) {
    const row = await dataverse.retrieve("mailboxes", id, deadline);
    const kept = row && keptOriginal(row, context);
    if (kept && sameText(row._emailserverprofile_value ?? kept.applied.profileId, profileId)) left.push({ row, kept });
  }
  return left;
}

/** Puts them back before their profile goes, so that nobody is left behind without one. */
export async function putBackLeftovers(leftovers: readonly Leftover[], context: Context): Promise<void> {
  for (const { row, kept } of leftovers) {
    const address = row.emailaddress ?? row.mailboxid;
    context.log(
      "info",
      `Mailbox ${address} has this stack's profile, and no resource holds it any more; it goes back as it was.`,
    );
    await putBack(row, kept.original, kept.applied, address, context);
  }
}
