import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import type { Changes } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";

/** "Test email configuration scheduled is in progress. Please save after completion of test." */
const TEST_IN_PROGRESS = "0x8005e248";

/**
 * Writes what `changes` finds necessary on the live row, and returns the row as it then is. A row that somebody else
 * changed meanwhile is looked at afresh; while a test is running the service takes no changes, so its end is awaited.
 */
export async function saveMailbox(
  row: MailboxRow,
  changes: (row: MailboxRow) => Changes,
  context: Context,
): Promise<MailboxRow> {
  const { dataverse, deadline } = context;
  let live = row;
  for (let attempt = 1; ; attempt++) {
    const patch = changes(live);
    if (Object.keys(patch).length === 0) return live;
    if (deadline.cancelled) throw deadline.fault(`Changing mailbox ${live.emailaddress}`);
    try {
      return await dataverse.update("mailboxes", live.mailboxid, patch, { etag: live.etag }, context.finishing);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const busy = error.code?.toLowerCase() === TEST_IN_PROGRESS;
      if (!busy && (error.kind !== "conflict" || attempt >= 5)) throw error;
      if (busy) {
        const wait = `waiting for a running Test & Enable of ${live.emailaddress}`;
        context.progress(wait);
        await deadline.sleep(2000, `Changing the mailbox: ${wait}`);
      }
    }
    const again = await dataverse.retrieve("mailboxes", live.mailboxid, deadline);
    if (!again) throw new Fault({ kind: "not-found", what: `Mailbox ${live.mailboxid} was deleted meanwhile` });
    live = again;
  }
}
