import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import type { Context } from "../../resource/context.ts";
import { type Handler, type Outcome, resource, type Stored } from "../../resource/resource.ts";
import { durationMs } from "../../schema/duration.ts";
import { credentialProblem } from "../../schema/mail-credential.ts";
import { failures, type Step, sentence, shown, stored as storedStep } from "../../schema/step.ts";
import { mailboxUrl } from "../mailbox/find.ts";
import { directionsOf, testedOn } from "../mailbox/status.ts";
import { alerts, momentOf } from "./alerts.ts";
import { basisOf, changedSince, isRewritten, type TestBasis } from "./basis.ts";
import {
  mailboxActivation as definition,
  type MailboxActivationInputs,
  type MailboxActivationOutputs,
} from "./definition.ts";
import { factsOf } from "./facts.ts";
import { ownChecks } from "./own-checks.ts";
import { preconditions, type Readiness } from "./preconditions.ts";
import { results } from "./results.ts";
import { testAndEnable } from "./test-and-enable.ts";

type Inputs = MailboxActivationInputs;
type Outputs = MailboxActivationOutputs;

const handler: Handler<Inputs, Outputs> = {
  check({ credential }) {
    const problem = credential && credentialProblem(credential);
    return problem ? [{ path: ["credential"], reason: problem }] : [];
  },

  diff({ inputs: { mailboxId }, outputs: { basis } }, context) {
    if (!basis || !isRewritten(basis, mailboxId, context)) return [];
    return [{ path: "retest", property: "retest", kind: "update", replaces: false }];
  },

  async preview({ mailboxId }, context) {
    if (mailboxId === undefined) return {};
    const row = await context.dataverse.retrieve("mailboxes", mailboxId, context.deadline);
    if (!row) throw gone(mailboxId);
    return { emailAddress: row.emailaddress ?? "" };
  },

  patience: ({ waitForSignIn }) => durationMs(waitForSignIn) / 1000,
  create: (inputs, context) => activate(inputs, undefined, context),
  update: (_, inputs, stored, context) => activate(inputs, stored, context),

  /** Looks at what Dataverse shows now, without a new test. What was green and is no longer comes back with problems. */
  async read(id, stored, context) {
    const row = await context.dataverse.retrieve("mailboxes", id, context.deadline);
    if (!row) return undefined;
    // What is seen now counts, until this run writes the mailbox again.
    context.roster.mailboxBases.delete(row.mailboxid.toLowerCase());
    const profile = row._emailserverprofile_value;
    const inputs: Partial<Inputs> = stored?.inputs ?? {
      mailboxId: row.mailboxid,
      roundTrip: false,
      retest: "onChange",
      ...(profile && { profileId: profile }),
    };
    const { status, steps: told, testedOn: before, directions, basis } = stored?.outputs ?? {};
    const expected = status === "notTested" ? undefined : directions;
    const { steps, profile: assigned } = await preconditions(row, inputs.profileId, context);
    const shows = results(row, expected);
    // What failed stays failed until something is tried again, here or in Dynamics: old statuses must not turn it green.
    const kept = told && status !== "success" && before === testedOn(row);
    const failedSince = !kept && hasFailed(shows);
    const why = failedSince ? [await alerts(row, momentOf(before), shows, context)] : [];
    const live = outcomeOf(row, [...steps, ...shows, ...why], basis);
    const facts = factsOf(row, assigned, context);
    const success = live.outputs.status === "success";
    if (kept) {
      const outputs = { ...live.outputs, steps: told, status: status ?? "notTested" };
      return { ...live, outputs, problems: reasons(shown(told, facts), [notSeen(row)]), inputs };
    }
    // A success keeps the words of the test that showed it.
    const outputs = { ...live.outputs, steps: success && told ? told : live.outputs.steps };
    const changed = basis && assigned && changedSince(basis, basisOf(row, assigned, context));
    if (changed)
      context.log("info", `${row.emailaddress} is tested again: ${changed} has changed since it was tested.`);
    // What is not in the inputs any more is a change to make, so the next update is a test.
    const { retest, ...due } = inputs;
    return { ...live, outputs, inputs: changed || (stored && retest === "always") ? due : inputs };
  },

  /** Nothing to undo: the mailbox's settings belong to Mailbox, and what Google granted is never taken back. */
  async delete() {},
};

async function activate(
  inputs: Inputs,
  stored: Stored<Inputs, Outputs> | undefined,
  context: Context,
): Promise<Outcome<Outputs>> {
  const { row, steps: before, profile } = await untilReady(inputs, context);
  if (hasFailed(before)) return outcomeOf(row, before);
  const basis = profile && basisOf(row, profile, context);
  if (stored && endedMeanwhile(row, stored.outputs)) return outcomeOf(row, [...before, ...results(row)], basis);
  const credential = inputs.credential ?? context.mailCredential;
  const own = profile ? await ownChecks(row, profile, { credential, roundTrip: inputs.roundTrip }, context) : [];
  // A permanent error disables the mailbox at once, so the service is not asked to try what cannot work.
  if (hasFailed(own)) return outcomeOf(row, [...before, ...own]);
  const test = await context.tests.run(
    row.emailaddress ?? row.mailboxid,
    context.deadline,
    () => testAndEnable(row, context),
    ({ steps }) => !hasFailed(steps),
  );
  return outcomeOf(test.row, [...before, ...own, ...test.steps], basis);
}

function hasFailed(steps: readonly Step[]): boolean {
  return steps.some((step) => step.status === "failed");
}

/** The preconditions; with `waitForSignIn` a missing sign-in is waited for, the link logged once. */
async function untilReady(
  { mailboxId, profileId, waitForSignIn }: Inputs,
  context: Context,
): Promise<Readiness & { readonly row: MailboxRow }> {
  const end = Date.now() + durationMs(waitForSignIn);
  for (let told = false; ; told = true) {
    const row = await context.dataverse.retrieve("mailboxes", mailboxId, context.deadline);
    if (!row) throw gone(mailboxId);
    const readiness = await preconditions(row, profileId, context);
    const missing = readiness.steps.find((step) => step.status === "failed");
    if (missing?.code !== "NOT_SIGNED_IN" || Date.now() >= end) return { ...readiness, row };
    const link = mailboxUrl(context.environmentUrl, mailboxId);
    if (!told)
      context.log(
        "info",
        `Waiting up to ${waitForSignIn} for the user of ${row.emailaddress} to sign in to Gmail: ${link}`,
      );
    const wait = `waiting for the user of ${row.emailaddress} to sign in to Gmail`;
    context.progress(wait);
    await context.deadline.sleep(Math.min(SIGN_IN_POLL_MS, Math.max(1, end - Date.now())), wait);
  }
}

const SIGN_IN_POLL_MS = 2000;

/** An awaited test that was cut off here and has ended well since then does not have to be run again. */
function endedMeanwhile(row: MailboxRow, { status, testedOn: before }: Partial<Outputs>): boolean {
  if (status !== "notTested" || row.testemailconfigurationscheduled || testedOn(row) === before) return false;
  return results(row).every((step) => step.status === "ok" || step.status === "skipped");
}

/** Success only when every step that decides was seen to be good; anything else is kept with its reasons. */
function outcomeOf(row: MailboxRow, steps: readonly Step[], basis?: TestBasis): Outcome<Outputs> {
  const moment = testedOn(row);
  const results = steps.filter((step) => step.id === "incoming" || step.id === "outgoing");
  const wanted = results.filter((step) => step.status !== "skipped");
  const failed = hasFailed(steps);
  const good = !failed && wanted.length > 0 && wanted.every((step) => step.status === "ok");
  return {
    id: row.mailboxid,
    outputs: {
      emailAddress: row.emailaddress ?? "",
      status: good ? "success" : failed ? "failure" : "notTested",
      directions: directionsOf(row),
      steps: steps.map(storedStep),
      ...(basis && { basis }),
      ...(moment && { testedOn: moment }),
    },
    problems: good ? [] : reasons(steps, [notSeen(row)]),
  };
}

function notSeen(row: MailboxRow): string {
  return `Mailbox ${row.emailaddress}: no success was seen yet. Run \`pulumi up\` to test again.`;
}

/** Failed steps, else unknown ones, else the given words: something that is not green always has a reason. */
function reasons(steps: readonly Step[], otherwise: readonly string[]): readonly string[] {
  const failed = failures(steps);
  if (failed.length > 0) return failed;
  const unknown = steps.filter((step) => step.status === "unknown").map(sentence);
  return unknown.length > 0 ? unknown : otherwise;
}

function gone(mailboxId: string): Fault {
  return new Fault({
    kind: "not-found",
    what: `mailboxId: mailbox ${mailboxId} does not exist`,
    hint: "Pass the output mailboxId of a Mailbox of this stack.",
  });
}

export const mailboxActivation = resource(definition, handler);
