import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { type Difference, isWritten, writeOf } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import { mailboxUrl } from "./find.ts";

/** "Test email configuration scheduled is in progress. Please save after completion of test." */
const TEST_IN_PROGRESS = "0x8005e248";
const MOST_CONFLICTS = 5;

export interface Saved {
  /** The row as it is, as far as it is known. */
  readonly row: MailboxRow;
  /** Why it is not known whether the write was carried out. */
  readonly problem?: Fault;
}

/**
 * Writes what `differences` finds on the live row. A row that somebody else changed meanwhile is looked at afresh; while a test is
 * running the service takes no changes, so its end is awaited. `before` is told of every write before it is made, and gives what takes
 * that back, should the service refuse it. A write that was refused is thrown; one that may have been carried out is a result, as the object
 * has to be kept.
 */
export async function saveMailbox(
  row: MailboxRow,
  differences: (row: MailboxRow) => readonly Difference[],
  before: (differences: readonly Difference[]) => () => void,
  context: Context,
): Promise<Saved> {
  const { dataverse, deadline, roster } = context;
  let live = row;
  let running: string | undefined;
  let conflicts = 0;
  try {
    for (;;) {
      const wanted = differences(live);
      if (wanted.length === 0) return { row: live };
      if (deadline.cancelled) throw deadline.fault(`Changing mailbox ${live.emailaddress}`);
      const takeBack = before(wanted);
      roster.sightings.forget(live.emailaddress ?? "");
      try {
        const { mailboxid: id, etag } = live;
        return { row: await dataverse.update("mailboxes", id, writeOf(wanted), { etag }, context.finishing) };
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        if (error.undone) takeBack();
        else if (error.kind !== "conflict") return await settled(live, wanted, error, context);
        const busy = error.code?.toLowerCase() === TEST_IN_PROGRESS;
        if (!busy && (error.kind !== "conflict" || ++conflicts >= MOST_CONFLICTS)) throw error;
        running = busy ? runningTest(live) : undefined;
      } finally {
        roster.sightings.forget(live.emailaddress ?? "");
      }
      // A try is noted on the disk and taken back there: none while the row itself says that it would be refused.
      do {
        if (running) {
          context.progress(`Waiting for its end: ${running}`);
          await deadline.sleep(2000, `Changing mailbox ${live.emailaddress}`);
        }
        const again = await dataverse.retrieve("mailboxes", live.mailboxid, deadline);
        if (!again) throw new Fault({ kind: "not-found", what: `Mailbox ${live.mailboxid} was deleted meanwhile` });
        live = again;
      } while (running && live.testemailconfigurationscheduled);
    }
  } catch (error) {
    if (!running || !(error instanceof Fault) || error.kind !== "deadline-exceeded") throw error;
    throw stillRunning(running, live, error, context);
  }
}

/** While a test runs the row takes no changes, so its last one was the test's begin. */
function runningTest({ emailaddress, modifiedon }: MailboxRow): string {
  return `Test & Enable of ${emailaddress} has been running since ${modifiedon ?? "before"}`;
}

function stillRunning(running: string, row: MailboxRow, over: Fault, { environmentUrl }: Context): Fault {
  return new Fault({
    kind: over.kind,
    what: over.account,
    reason: `${running}, and Dynamics takes no changes before its end`,
    hint: `Run it again when the test has ended: ${mailboxUrl(environmentUrl, row.mailboxid)}. One that does not end for hours is for Microsoft's support; until then everything else goes on without this mailbox with \`--continue-on-error\`.`,
    undone: true,
  });
}

/** What became of a write whose answer was none of the service's: the row tells, where it can be read. */
async function settled(
  row: MailboxRow,
  wanted: readonly Difference[],
  error: Fault,
  { dataverse, finishing }: Context,
): Promise<Saved> {
  const live = await dataverse.retrieve("mailboxes", row.mailboxid, finishing).catch(() => undefined);
  if (live && isWritten(live, wanted)) return { row: live };
  return {
    row: live ?? row,
    problem: error.and("Whether it was carried out is seen by the next `pulumi up`."),
  };
}
