import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault, remoteText } from "../../fault.ts";
import type { Context } from "../../resource/context.ts";
import { type Finding, found, good, type Step } from "../../schema/step.ts";
import { factsOf } from "./facts.ts";

/** Option of `level`. */
const ERROR = 3;

/** Milliseconds since 1970; without a moment the beginning of time. */
export function momentOf(moment: string | undefined): number {
  return moment === undefined ? 0 : Date.parse(moment);
}

/**
 * What Dynamics has said about a mailbox since a moment of its clock, in milliseconds since 1970. It tells why the other steps
 * have failed; it is read after success, too, and being unable to read it fails nothing.
 */
export async function alerts(row: MailboxRow, since: number, steps: readonly Step[], context: Context): Promise<Step> {
  const step = { id: "alerts", facts: factsOf(row, undefined, context) } as const;
  try {
    return { ...step, ...(await written(row, since, steps, context)) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...step, ...found("ALERTS_UNREADABLE", { message: error.account, hint: error.hint }) };
  }
}

async function written(
  { mailboxid }: MailboxRow,
  since: number,
  steps: readonly Step[],
  { dataverse, deadline }: Context,
): Promise<Finding> {
  // Alerts know whole seconds. One that repeats an earlier one may be the same row, of which only `modifiedon` moves.
  const second = new Date(since - (since % 1000)).toISOString();
  const filter = `_regardingobjectid_value eq ${mailboxid} and modifiedon ge ${second}`;
  const logs = await dataverse.list("tracelogs", filter, { orderBy: "modifiedon desc", top: 10 }, deadline);
  const errors = logs.filter(({ level }) => level === ERROR);
  const told = (errors.length > 0 ? errors : logs).map(({ text, tracecode, errordetails }) =>
    [remoteText(text ?? ""), tracecode ? `code ${tracecode}` : "", remoteText(errordetails ?? "")]
      .filter(Boolean)
      .join(" · "),
  );
  if (told.length === 0) return good({ message: "none" });
  const said = told.join(" | ");
  const bad = errors.length > 0 && steps.some(({ status }) => status === "failed");
  return bad ? found("ALERTS", { message: "Dynamics says", said }) : good({ message: said });
}
