import type { Facts } from "../../codes/codes.ts";
import type { MailboxRow } from "../../dataverse/tables.ts";
import { type Handler, resource } from "../../resource/resource.ts";
import { durationMs } from "../../schema/duration.ts";
import { credentialProblem } from "../../schema/mail-credential.ts";
import { hasFailed, isBad, shown } from "../../schema/step.ts";
import { mailboxUrl } from "../mailbox/find.ts";
import { mailboxOf, observeMailbox } from "../mailbox/observe.ts";
import { testedOn } from "../mailbox/status.ts";
import { activate, gone, isOfTest } from "./activate.ts";
import { alerts, momentOf } from "./alerts.ts";
import { basisOf, isRewritten } from "./basis.ts";
import { conclude } from "./conclusion.ts";
import {
  mailboxActivation as definition,
  type MailboxActivationInputs,
  type MailboxActivationOutputs,
} from "./definition.ts";
import { dueNow } from "./due.ts";
import { factsOf } from "./facts.ts";
import { clientOf, preconditions } from "./preconditions.ts";
import { results } from "./results.ts";

type Inputs = MailboxActivationInputs;
type Outputs = MailboxActivationOutputs;

/** Inputs that say how the mailbox is waited for or judged, and not what is tested. */
const JUDGING: readonly string[] = ["tolerate", "waitForSignIn", "credential"] satisfies (keyof Inputs)[];

const handler: Handler<Inputs, Outputs> = {
  check({ credential }) {
    const problem = credential && credentialProblem(credential);
    return problem ? [{ path: ["credential"], reason: problem }] : [];
  },

  /** Another way to wait or to judge changes nothing of what is good; a test that is due shows nowhere in the inputs. */
  diff({ inputs: { mailboxId }, outputs: { basis, due, status } }, context) {
    const changes = context.changes.filter(({ property }) => status !== "success" || !JUDGING.includes(property));
    if (changes.length > 0) return changes;
    if (due === undefined && !(basis && isRewritten(basis, mailboxId, context))) return [];
    return [{ path: "due", property: "due", kind: "update", replaces: false, ofOutputs: true }];
  },

  async preview({ mailboxId, profileId }, context, stored) {
    if (mailboxId === undefined) return {};
    const row = await observeMailbox(mailboxId, profileId, context);
    if (!row) throw gone(mailboxId);
    const { token } = stored?.outputs ?? {};
    const client = profileId && context.roster.clientOf(profileId);
    if (token && client && clientOf({ oauthclientid: client }) !== token.client)
      context.log(
        "warning",
        `The user of ${row.emailaddress} has to sign in to Gmail again when this is done, as its token serves the OAuth client only that it was given to: ${mailboxUrl(context.environmentUrl, mailboxId)}`,
      );
    return { emailAddress: row.emailaddress ?? "" };
  },

  patience: ({ waitForSignIn }) => durationMs(waitForSignIn) / 1000,
  create: (inputs, context) => activate(inputs, undefined, context),
  update: (_, inputs, stored, context) => activate(inputs, stored, context),

  /** Looks at what Dataverse shows now, without a new test. What was green and is no longer comes back with problems. */
  async read(id, stored, context) {
    const row = await mailboxOf(id, stored?.inputs.profileId, context);
    if (!row) return undefined;
    // What is seen now counts, until this run writes the mailbox again.
    context.roster.mailboxBases.delete(row.mailboxid.toLowerCase());
    const assigned = row._emailserverprofile_value;
    const inputs: Partial<Inputs> = stored?.inputs ?? {
      mailboxId: row.mailboxid,
      roundTrip: false,
      retest: "onChange",
      ...(assigned && { profileId: assigned }),
    };
    const before = stored?.outputs ?? {};
    const { basis, token } = before;
    const { steps: ready, profile } = await preconditions(row, { profileId: inputs.profileId, token }, context);
    const last = lastTest(row, before, factsOf(row, profile, context));
    const shows = last ?? results(row, before.status === "notTested" ? undefined : before.directions);
    const failedSince = !last && shows.some(({ code }) => code === "TEST_FAILED");
    const why = failedSince
      ? [await alerts(row, momentOf(before.testedOn) || undefined, [...ready, ...shows], context)]
      : [];
    const steps = [...ready, ...shows, ...why];
    const cured = last && !hasFailed(ready) && !last.some(isBad);
    const now = profile && basisOf(row, profile, context);
    const due = cured
      ? "nothing is in the way of a test any more"
      : hasFailed(ready)
        ? undefined
        : signedInAgain(row, before)
          ? "its user has signed in again"
          : dueNow(row, inputs.retest, basis, now, context);
    const found = { row, profile, steps, basis, token, due, isUntested: cured, isLook: true } as const;
    const live = conclude(found, inputs, context);
    // A success keeps the words of the test that showed it.
    const success = live.outputs.status === "success";
    const outputs = success && before.steps ? { ...live.outputs, steps: before.steps } : live.outputs;
    return { ...live, outputs, inputs };
  },

  /** Nothing to undo: the mailbox's settings belong to Mailbox, and what Google granted is never taken back. */
  async delete() {},
};

/** A token that is another one than when a test found that the consent has ended. */
function signedInAgain({ oauthtokenexpireson: expires }: MailboxRow, { status, token }: Partial<Outputs>): boolean {
  return status === "waiting" && token?.expires !== undefined && token.expires !== (expires ?? "");
}

/**
 * What a test has found that did not end well, here or before this run, as long as Dynamics has not tested since: it stays until something
 * is tried again, as old statuses must not turn it green.
 */
function lastTest(row: MailboxRow, { status, steps, testedOn: before }: Partial<Outputs>, facts: Facts) {
  if (!steps || status === "success" || before !== testedOn(row)) return undefined;
  return shown(steps, facts).filter(isOfTest);
}

export const mailboxActivation = resource(definition, handler);
