import { rowOf } from "../../codes/codes.ts";
import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { isUnanswered } from "../../network/transport-fault.ts";
import type { Context } from "../../resource/context.ts";
import type { Outcome, Stored } from "../../resource/resource.ts";
import { durationMs } from "../../schema/duration.ts";
import { found, hasFailed, type Step, shown } from "../../schema/step.ts";
import { mailboxUrl } from "../mailbox/find.ts";
import { observeMailbox } from "../mailbox/observe.ts";
import { testedOn } from "../mailbox/status.ts";
import { HOLDS_FOR_ALL } from "./alerts.ts";
import { basisOf, type TestBasis, withoutRevision } from "./basis.ts";
import { conclude, type Found } from "./conclusion.ts";
import type { MailboxActivationInputs as Inputs, MailboxActivationOutputs as Outputs } from "./definition.ts";
import { isSameTest, isTestDue } from "./due.ts";
import { factsOf } from "./facts.ts";
import { nextLook } from "./next-look.ts";
import { ownChecks } from "./own-checks.ts";
import { PRECONDITIONS, preconditions, type Readiness, type Token } from "./preconditions.ts";
import { results } from "./results.ts";
import { type Test, type Testing, testAndEnable } from "./test-and-enable.ts";
import { verdictOf } from "./verdict.ts";

/** Tests the mailbox, unless something is in the way, or nothing but its judgement has changed. */
export async function activate(
  inputs: Inputs,
  stored: Stored<Inputs, Outputs> | undefined,
  context: Context,
): Promise<Outcome<Outputs>> {
  tellWaiting(context);
  const { token } = stored?.outputs ?? {};
  const {
    row,
    steps: ready,
    profile,
  } = (stored ? undefined : await readyAsSeen(inputs, context)) ?? (await untilReady(inputs, token, context));
  if (hasFailed(ready)) return conclude({ row, profile, steps: ready, token }, inputs, context);
  const basis = profile && basisOf(row, profile, context);
  const isSame = stored !== undefined && isSameTest(inputs, stored, basis, context);
  if (isSame && endedMeanwhile(row, stored.outputs))
    return conclude({ row, profile, steps: [...ready, ...results(row)], basis, token }, inputs, context);
  const judged = stored && judgedAnew(row, { ready, profile, basis }, inputs, stored, context);
  if (judged) return judged;
  const credential = inputs.credential ?? context.mailCredential;
  const own = profile ? await ownChecks(row, profile, { credential, roundTrip: inputs.roundTrip }, context) : [];
  // A permanent error disables the mailbox at once, so the service is not asked to try what cannot work.
  if (hasFailed(own)) return conclude({ row, profile, steps: [...ready, ...own], basis, token }, inputs, context);
  const judge = async (live: MailboxRow) =>
    (await preconditions(live, { profileId: inputs.profileId, token }, context)).steps;
  const test = await tested(row, [...ready, ...own], basis?.revision, { judge, joins: isSame }, context);
  const steps = [...(test.ready ?? [...ready, ...own]), ...test.steps];
  const about = basis && test.isOther ? withoutRevision(basis) : basis;
  return conclude({ row: test.row, profile, steps, basis: about, token }, inputs, context);
}

function tellWaiting({ roster, tests, urn, log }: Context): void {
  const told = roster.places.keptWaiting(urn) ? tests.heldBack() : undefined;
  if (told) log("info", told);
}

/** Test & Enable when there is a place for it, and with a profile that is new, when it has worked for one mailbox. */
async function tested(
  row: MailboxRow,
  before: readonly Step[],
  revision: string | undefined,
  how: Testing,
  context: Context,
): Promise<Test> {
  const address = row.emailaddress ?? row.mailboxid;
  const awaited = `Test & Enable of ${address}: waiting for the first mailbox that is tested with its profile`;
  const test = () =>
    context.tests.run(
      address,
      context.deadline,
      async () => noted(await testAndEnable(row, before, how, context), context),
      ({ steps, ready = [] }) => !hasFailed([...ready, ...steps]),
    );
  const holdsForAll = ({ steps }: Test) => {
    const code = HOLDS_FOR_ALL.find((one) =>
      steps.some(({ status, code: seen }) => status === "failed" && seen === one),
    );
    return code && { code, address };
  };
  const { canaries } = context.roster;
  const sent = await canaries.send(revision, test, holdsForAll, awaited, context);
  if ("result" in sent) return sent.result;
  const { code, address: first } = sent.spared;
  const message = `not tested, as with the same email server profile the test of ${first} has failed for a reason that holds for all: ${rowOf(code).words}`;
  return { row, steps: [{ id: "test", facts: factsOf(row, undefined, context), ...found(code, { message }) }] };
}

/** In the record of what was done. */
function noted(test: Test, { network, environmentUrl }: Context): Test {
  if (test.ready) return test;
  const { status, blockedBy: codes } = verdictOf(test.steps);
  const { host } = new URL(environmentUrl);
  network.journal?.note({ organization: host, row: `mailboxes(${test.row.mailboxid})`, test: status, codes });
  return test;
}

/** What is known of the last test, judged by other inputs; undefined where that says no more than that a test has to be made. */
function judgedAnew(
  row: MailboxRow,
  { ready, profile, basis }: { ready: readonly Step[]; profile: Found["profile"]; basis: TestBasis | undefined },
  inputs: Inputs,
  stored: Stored<Inputs, Outputs>,
  context: Context,
): Outcome<Outputs> | undefined {
  const { outputs } = stored;
  if (isTestDue(inputs, stored, basis, row, context)) return undefined;
  const last = shown(outputs.steps ?? [], factsOf(row, profile, context)).filter(isOfTest);
  const { status } = verdictOf([...ready, ...last], inputs.tolerate);
  // What a look had stopped, not a test, was never tested since.
  const stands = status === "success" ? outputs.status === "success" : status === "waiting";
  const { basis: before, token } = outputs;
  return stands
    ? conclude({ row, profile, steps: [...ready, ...last], basis: before, token }, inputs, context)
    : undefined;
}

/** What a look at any time does not show: the preconditions are looked at anew. */
export function isOfTest({ id }: Step): boolean {
  return !PRECONDITIONS.some((precondition) => precondition === id);
}

/**
 * A mailbox that is ready as it was seen a moment ago, most of the time by the write of this run: the test is asked for on that version
 * of its row. Whatever speaks against a test is looked at afresh.
 */
async function readyAsSeen({ mailboxId, profileId }: Inputs, context: Context): Promise<Ready | undefined> {
  const row = await observeMailbox(mailboxId, profileId, context);
  if (!row || row.testemailconfigurationscheduled) return undefined;
  const readiness = await preconditions(row, { profileId }, context);
  return hasFailed(readiness.steps) ? undefined : { ...readiness, row };
}

type Ready = Readiness & { readonly row: MailboxRow };

/** The preconditions; with `waitForSignIn` a missing sign-in is waited for, the link logged once. */
async function untilReady(
  { mailboxId, profileId, waitForSignIn }: Inputs,
  token: Token | undefined,
  context: Context,
): Promise<Ready> {
  const { dataverse, deadline } = context;
  const look = async () => {
    const row = await dataverse.retrieve("mailboxes", mailboxId, deadline);
    if (!row) throw gone(mailboxId);
    return { ...(await preconditions(row, { profileId, token }, context)), row };
  };
  let seen = await look();
  const patience = deadline.sooner(durationMs(waitForSignIn));
  const awaited = `for the user of ${seen.row.emailaddress} to sign in to Gmail`;
  const wait = { what: `waiting ${awaited}`, started: Date.now(), beat: SIGN_IN_BEAT_MS };
  try {
    for (let told = false; isSignInMissing(seen) && patience.remaining > 0; told = true) {
      const link = mailboxUrl(context.environmentUrl, mailboxId);
      if (!told) context.log("info", `Waiting up to ${waitForSignIn} ${awaited}: ${link}`);
      context.progress(wait.what);
      seen = await nextLook(wait, patience, look);
    }
  } catch (error) {
    const isOver = patience.remaining === 0 && deadline.remaining > 0;
    if (!(error instanceof Fault) || !isUnanswered(error) || !isOver) throw error;
    // Who has signed in since the last beat is in time.
    seen = await look().catch((lost) => {
      if (lost instanceof Fault && isUnanswered(lost)) return seen;
      throw lost;
    });
  } finally {
    patience[Symbol.dispose]();
  }
  return seen;
}

function isSignInMissing({ steps }: Ready): boolean {
  const missing = steps.find((step) => step.status === "failed");
  return missing?.code === "NOT_SIGNED_IN" || missing?.code === "SIGN_IN_AGAIN";
}

const SIGN_IN_BEAT_MS = 2000;

/** An awaited test that was cut off here and has ended well since then does not have to be run again. */
function endedMeanwhile(row: MailboxRow, { status, testedOn: before }: Partial<Outputs>): boolean {
  if (status !== "notTested" || row.testemailconfigurationscheduled || testedOn(row) === before) return false;
  return results(row).every((step) => step.status === "ok" || step.status === "skipped");
}

export function gone(mailboxId: string): Fault {
  return new Fault({
    kind: "not-found",
    what: `mailboxId: mailbox ${mailboxId} does not exist`,
    hint: "Pass the output mailboxId of a Mailbox of this stack.",
  });
}
