import { sameText } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import { isGuid } from "../../schema/guid.ts";
import { putBack } from "./adopt.ts";
import { keptOriginal } from "./before.ts";

/**
 * Puts back the mailboxes that have this profile and that no resource holds: the state has never known those that a run which was cut off
 * has adopted, and knows no more of those that another stack has held and given back. Before their profile goes, so that nobody is left
 * behind without one.
 */
export async function putBackLeftovers(profileId: string, context: Context): Promise<void> {
  const { originals, urn, roster, dataverse, deadline } = context;
  for (const id of originals.keys(urn).filter((key) => isGuid(key) && !roster.mailboxes.isHeld(key))) {
    const row = await dataverse.retrieve("mailboxes", id, deadline);
    const kept = row && keptOriginal(row, context);
    if (!kept || !sameText(row._emailserverprofile_value ?? kept.applied.profileId, profileId)) continue;
    const address = row.emailaddress ?? id;
    context.log(
      "info",
      `Mailbox ${address} has this stack's profile, and no resource holds it any more; it goes back as it was.`,
    );
    await putBack(row, kept.original, kept.applied, address, context);
  }
}
