import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { isUnanswered } from "../../network/transport-fault.ts";
import type { Context } from "../../resource/context.ts";
import { found, good, hasFailed, type Step } from "../../schema/step.ts";
import { directionsOf, STATUS, statusOf, testedOn } from "../mailbox/status.ts";
import { alertsOfTest, momentOf } from "./alerts.ts";
import { nextLook } from "./next-look.ts";
import { results } from "./results.ts";

export interface Test {
  readonly row: MailboxRow;
  readonly steps: readonly Step[];
  /** What was in the way by then, so that no test was asked for. */
  readonly ready?: readonly Step[];
  /** No more was seen than a test that was running before, and may be about something else. */
  readonly isOther?: boolean;
}

export interface Testing {
  /** What is in the way of a test of a row, if anything: looks again where it has changed. */
  readonly judge: (row: MailboxRow) => Promise<readonly Step[]>;
  /** Whether a test that is already running counts; another one is awaited, and followed by one that does. */
  readonly joins: boolean;
}

/**
 * Schedules Dynamics' Test & Enable and waits for its end. A test that is already running is never scheduled again.
 * The end is seen when the flag is down and `testmailboxaccesscompletedon` has moved; statuses alone may be old.
 * `before` is what was seen of the mailbox in the same run.
 */
export async function testAndEnable(
  first: MailboxRow,
  before: readonly Step[],
  { judge, joins }: Testing,
  context: Context,
): Promise<Test> {
  const { dataverse, deadline } = context;
  const started = Date.now();
  const asked = dataverse.now();
  let row = first;
  let joined = false;
  try {
    const scheduled = await schedule(first, judge, context);
    if ("ready" in scheduled) return { row: scheduled.row, steps: [], ready: scheduled.ready };
    ({ row, joined } = scheduled);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const refused =
      error.code === ADMINISTRATION_MODE
        ? found("ADMINISTRATION_MODE", { message: error.account })
        : found("NOT_SCHEDULED", { message: error.account, hint: error.hint });
    return { row, steps: [{ id: "test", ...refused }] };
  }
  context.progress(`Test & Enable of ${row.emailaddress} ${joined ? "is running" : "was scheduled"}`);
  const scheduled: Step = {
    id: "test",
    ...good({ message: joined ? "joined a test that was running" : "scheduled and finished" }),
  };
  try {
    const ended = await untilEnded(row, started, context);
    // One that somebody begins meanwhile is about what this run has written.
    if (joined && !joins) {
      const ready = await judge(ended);
      if (hasFailed(ready)) return { row: ended, steps: [], ready };
      return testAndEnable(ended, before, { judge, joins: true }, context);
    }
    const steps = results(ended);
    // The service's clock decides what is new; a minute allows for how little of it is known.
    const since = Math.max(asked - 60_000, momentOf(testedOn(row)));
    return {
      row: ended,
      steps: [scheduled, ...steps, await alertsOfTest(ended, since, [...before, ...steps], context)],
    };
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "not-found") throw error;
    const live = await lastLook(row, context);
    const code = deadline.cancelled
      ? "CANCELLED"
      : (await isBegun(row, context)) === false
        ? "NOT_STARTED"
        : "NOT_FINISHED";
    const steps: readonly Step[] = [{ id: "test", ...found(code, { message: error.account }) }];
    return { row: live, steps, isOther: joined && !joins };
  }
}

/** Test and enable is not allowed in administration mode (Microsoft: "Web service error codes"). */
const ADMINISTRATION_MODE = "0x8005e257";

/**
 * Whether Dynamics has tried since the last test ended; undefined where that cannot be known. Older environments lack the column, and
 * refuse the question.
 */
async function isBegun(row: MailboxRow, { dataverse, finishing }: Context): Promise<boolean | undefined> {
  const ended = testedOn(row);
  const moved = ended ? `gt ${ended}` : "ne null";
  const filter = `mailboxid eq ${row.mailboxid} and testandenablelastattemptedon ${moved}`;
  try {
    return (await dataverse.list("mailboxes", filter, { top: 1 }, finishing)).length > 0;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return undefined;
  }
}

/** The row as it is by now; as it was where nobody answers. */
async function lastLook(row: MailboxRow, { dataverse, finishing }: Context): Promise<MailboxRow> {
  try {
    return (await dataverse.retrieve("mailboxes", row.mailboxid, finishing)) ?? row;
  } catch (error) {
    if (!(error instanceof Fault) || !isUnanswered(error)) throw error;
    return row;
  }
}

/** Raises the flag, unless it is up. The service itself changes mailbox rows all the time, so a conflict is looked at afresh. */
async function schedule(
  first: MailboxRow,
  judge: Testing["judge"],
  { dataverse, finishing }: Context,
): Promise<{ row: MailboxRow; joined: boolean } | { row: MailboxRow; ready: readonly Step[] }> {
  let row = first;
  for (let attempt = 1; ; attempt++) {
    if (row.testemailconfigurationscheduled) return { row, joined: true };
    try {
      const flag = { testemailconfigurationscheduled: true };
      await dataverse.update("mailboxes", row.mailboxid, flag, { etag: row.etag }, finishing);
      return { row, joined: false };
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "conflict" || attempt >= 5) throw error;
    }
    const again = await dataverse.retrieve("mailboxes", row.mailboxid, finishing);
    if (!again) throw new Fault({ kind: "not-found", what: `Mailbox ${row.mailboxid} was deleted meanwhile` });
    row = again;
    const ready = await judge(row);
    if (hasFailed(ready)) return { row, ready };
  }
}

async function untilEnded(before: MailboxRow, started: number, context: Context): Promise<MailboxRow> {
  const { dataverse, deadline } = context;
  let failedPolls = 0;
  for (;;) {
    const wait = { what: `Test & Enable of ${before.emailaddress}`, started, beat: beatOf(context.tests.asked) };
    const row = await nextLook(wait, deadline, () => dataverse.retrieve("mailboxes", before.mailboxid, deadline));
    if (!row) {
      throw new Fault({
        kind: "not-found",
        what: `Mailbox ${before.mailboxid} of ${before.emailaddress} was deleted during its test`,
        hint: "It goes with its user or queue: take both out of the program, or run `pulumi refresh` and look for the address anew.",
      });
    }
    const seconds = Math.round((Date.now() - started) / 1000);
    context.progress(
      `Test & Enable of ${row.emailaddress}: waiting for Dynamics, ${seconds} s (${context.tests.summary})`,
    );
    if (row.testemailconfigurationscheduled) continue;
    if (row.testmailboxaccesscompletedon !== before.testmailboxaccesscompletedon) return row;
    // It is not documented that the moment moves when a test fails. A failure that stands still counts, success never.
    failedPolls = directionsOf(row).some((direction) => statusOf(row, direction) === STATUS.failure)
      ? failedPolls + 1
      : 0;
    if (failedPolls >= 3) return row;
  }
}

/** Milliseconds between two looks at all that are tested, by how many tests a run has: the more there are, the longer it takes, and none of them is needed by the second. */
const BEATS: readonly (readonly [tests: number, beat: number])[] = [
  [200, 5000],
  [100, 2000],
];

function beatOf(tests: number): number {
  return BEATS.find(([from]) => tests >= from)?.[1] ?? 1000;
}
