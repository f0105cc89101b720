import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { type Difference, differencesTo } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import type { Outcome } from "../../resource/resource.ts";
import { mailboxBasis } from "./basis.ts";
import { keepOriginal, settleWrites } from "./before.ts";
import { columns } from "./columns.ts";
import type { MailboxInputs, MailboxOutputs, MailboxSettings } from "./definition.ts";
import { syncGmail } from "./gmail.ts";
import { appliedBy, beyondInputs, differingParts, isHeldByOther, wayBack, withBefore } from "./original.ts";
import { addressOf, type Kept, outcome } from "./outcome.ts";
import { isIdle, isOwnersRefusal, warnOfIdle } from "./people.ts";
import { type Saved, saveMailbox } from "./save.ts";

/**
 * Makes the mailbox as it is declared; `previous` are the inputs before these. How every column was is kept before its first write, where
 * that is known: `original` undefined says that it is not, and stays so.
 */
export async function bring(
  row: MailboxRow,
  inputs: MailboxInputs,
  previous: Partial<MailboxInputs> | undefined,
  known: Kept,
  context: Context,
): Promise<Outcome<MailboxOutputs>> {
  let { original } = known;
  const { applied } = known;
  const keep = (now: MailboxSettings) => {
    const was = original;
    original = now;
    const toBe = appliedBy(inputs, { original: now, applied });
    const isNew = previous === undefined;
    const takeBack = keepOriginal(row, { original: now, applied: toBe, previously: applied }, isNew, context);
    return () => {
      original = was;
      takeBack();
    };
  };
  const idle = inputs.enabled && (await isIdle(row, context));
  if (idle) warnOfIdle(row, context);
  // Of a mailbox that is taken over, or was not seen written, what was set says more than the inputs before these.
  const before = { ...previous, ...(applied.processAndDeleteEmails && { processAndDeleteEmails: true }) };
  const differences = (live: MailboxRow) =>
    differencesTo(columns, live, inputs, before).filter(({ column }) => !(idle && column === "statecode"));
  const beforeWrite = (found: readonly Difference[]) => (original ? keep(withBefore(original, found)) : () => {});
  const { row: fresh, problem } = await saveMailbox(row, differences, beforeWrite, context);
  context.roster.mailboxes.taken(fresh.mailboxid, context.urn);
  context.roster.mailboxBases.set(fresh.mailboxid.toLowerCase(), mailboxBasis(fresh));
  const beforeGmail = (gmail: NonNullable<MailboxSettings["gmail"]>) => original && keep({ ...original, gmail });
  const declared = { now: inputs.gmail, applied: applied?.gmail, original: original?.gmail };
  const gmail = await syncGmail(addressOf(row, inputs), declared, beforeGmail, context);
  settleWrites(fresh, !problem && gmail.problems.length === 0, context);
  const { gmail: _, ...rest } = original ?? {};
  const whole = original && { ...rest, ...(gmail.original && { gmail: gmail.original }) };
  const now = { original: whole, applied: appliedBy(inputs, { original: whole, applied }) };
  const kept = {
    original: whole,
    applied: beyondInputs(inputs, now),
    previously: problem ? differingParts(applied, now.applied) : {},
  };
  // What nobody has seen written says nothing of an approval either.
  return outcome(fresh, problem ? {} : inputs, kept, context, [...(problem ? [problem] : []), ...gmail.problems]);
}

/**
 * Puts back what is still as this resource has set it; what somebody else has set since is left, and named. What was written down on this
 * machine is done with, unless somebody else holds the mailbox: who may give it back as this resource had set it.
 */
export async function putBack(
  row: MailboxRow,
  original: MailboxSettings,
  applied: MailboxSettings,
  address: string,
  context: Context,
): Promise<void> {
  const { target, ours } = await withoutGone(row, original, applied, context);
  // Gmail first: a running test of the mailbox does not concern it.
  const declared = { now: undefined, applied: applied.gmail, original: original.gmail };
  const { problems } = await syncGmail(address, declared, () => {}, context);
  for (const problem of problems) {
    if (!isRefusal(problem)) throw notAsBefore(address, problem.and(WITHOUT_GMAIL));
    context.log("warning", problem.and("They stay as they are."));
  }
  const { row: now, problem } = await saveAll(row, (live) => wayBack(live, target, ours).differences, address, context);
  if (problem) throw notAsBefore(address, problem);
  const { left } = wayBack(now, target, ours);
  if (left.length > 0)
    context.log("warning", `Mailbox ${address} was changed by somebody else since; left as it is: ${left.join(", ")}.`);
  if (isHeldByOther(now, original, applied)) keepOriginal(now, { original, applied, previously: {} }, false, context);
  else context.originals.settle(context.urn, now.mailboxid);
}

const WITHOUT_GMAIL =
  "Run it again; or take `mailCredential` (GMAILSYNC_MAIL_CREDENTIAL) away, and Gmail's settings stay as they are. Of an explicit provider `--run-program` takes what the program says.";

/** Whether it was Google that said no to this mailbox, which it would do the next time, too. */
function isRefusal({ kind }: Fault): boolean {
  return kind === "failed-precondition" || kind === "permission-denied";
}

/** What is not seen to be done stays in the state, which alone knows how it was. */
function notAsBefore(address: string, { account, hint }: Fault): Fault {
  return new Fault({
    kind: "unexpected",
    what: `Mailbox ${address} may not be as it was before`,
    reason: account,
    hint,
  });
}

/** The way back without profiles that do not exist any more. A mailbox loses one that is deleted: nobody has set that. */
async function withoutGone(
  row: MailboxRow,
  original: MailboxSettings,
  applied: MailboxSettings,
  { dataverse, deadline }: Context,
): Promise<{ readonly target: MailboxSettings; readonly ours: MailboxSettings }> {
  const isGone = async ({ profileId }: MailboxSettings) =>
    profileId ? (await dataverse.retrieve("emailserverprofiles", profileId, deadline)) === undefined : false;
  const lost = row._emailserverprofile_value === null && (await isGone(applied));
  return {
    target: (await isGone(original)) ? { ...original, profileId: "" } : original,
    ours: lost ? { ...applied, profileId: "" } : applied,
  };
}

/** All of it, but for the state where the service refuses that: it would keep the rest from going back for good. */
async function saveAll(
  row: MailboxRow,
  differences: (live: MailboxRow) => readonly Difference[],
  address: string,
  context: Context,
): Promise<Saved> {
  const save = (isMeant: (difference: Difference) => boolean) =>
    saveMailbox(
      row,
      (live) => differences(live).filter(isMeant),
      () => () => {},
      context,
    );
  try {
    return await save(() => true);
  } catch (error) {
    if (!isOwnersRefusal(error)) throw error;
    context.log("warning", `Mailbox ${address} stays inactive, as its user or queue is.`);
    return save(({ column }) => column !== "statecode");
  }
}
