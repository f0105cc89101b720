import { type Code, rowOf } from "../../codes/codes.ts";
import type { EmailServerProfileRow, MailboxRow } from "../../dataverse/tables.ts";
import { type Problem, wordsOf } from "../../fault.ts";
import type { Context } from "../../resource/context.ts";
import type { Outcome } from "../../resource/resource.ts";
import { failures, type Step, sentence, stored as storedStep } from "../../schema/step.ts";
import { mailboxUrl } from "../mailbox/find.ts";
import { directionsOf, testedOn } from "../mailbox/status.ts";
import type { TestBasis } from "./basis.ts";
import type { MailboxActivationInputs, MailboxActivationOutputs } from "./definition.ts";
import { clientOf, type Token } from "./preconditions.ts";
import { verdictOf } from "./verdict.ts";

/** What was found of a mailbox. */
export interface Found {
  readonly row: MailboxRow;
  readonly profile: EmailServerProfileRow | undefined;
  readonly steps: readonly Step[];
  /** What the test was about. */
  readonly basis?: TestBasis | undefined;
  readonly token: Token | undefined;
  readonly due?: string | undefined;
  /** Nothing is wrong with it any more, and no test has shown that yet. */
  readonly isUntested?: boolean | undefined;
  /** Nothing was tried: another sign-in that was waited for stays one until it is tested. */
  readonly isLook?: true;
}

/** Success only when every step that decides was seen to be good; known exceptions wait; anything else is kept with its reasons. */
export function conclude(
  { row, profile, steps, basis, token, due, isUntested = false, isLook }: Found,
  { tolerate }: Partial<MailboxActivationInputs>,
  context: Context,
): Outcome<MailboxActivationOutputs> {
  const verdict = verdictOf(steps, tolerate);
  const { status, blockedBy } = isUntested ? ({ status: "notTested", blockedBy: [] } as const) : verdict;
  context.roster.outcomes.tell(context.urn, { status, codes: blockedBy });
  if (status === "success" && basis?.revision) context.roster.canaries.prove(basis.revision);
  const address = row.emailaddress ?? "";
  const moment = testedOn(row);
  const signedInTo = tokenOf(status, row, profile, token, isLook && token ? [] : blockedBy);
  const problems = status === "success" || isUntested ? [] : reasons(steps, [notSeen(row)]);
  if (status === "waiting") context.log("warning", `${address} waits${whyItWaits(row, problems, blockedBy, context)}`);
  if (due) context.log("info", `${address} is tested again: ${due}.`);
  return {
    id: row.mailboxid,
    outputs: {
      emailAddress: address,
      status,
      directions: directionsOf(row),
      steps: steps.map(storedStep),
      ...(blockedBy.length > 0 && { blockedBy: [...blockedBy] }),
      ...(due && { due }),
      ...(basis && { basis }),
      ...(signedInTo && { token: signedInTo }),
      ...(moment && { testedOn: moment }),
    },
    problems: status === "waiting" ? [] : problems,
  };
}

/** So many are told in full that wait for the same: of hundreds a log would tell nothing else. */
const TOLD_IN_FULL = 3;

function whyItWaits(
  row: MailboxRow,
  problems: readonly Problem[],
  blockedBy: readonly Code[],
  { roster, environmentUrl }: Context,
): string {
  if (roster.outcomes.waits(row.mailboxid, blockedBy) < TOLD_IN_FULL) return `: ${problems.map(wordsOf).join(" ")}`;
  return `, too (${blockedBy.join(", ")}): ${mailboxUrl(environmentUrl, row.mailboxid)}`;
}

/**
 * What a good test has shown of the token stays until another one does; while another sign-in is waited for, with its end, empty where
 * Dataverse shows none: by another one a sign-in is seen.
 */
function tokenOf(
  status: MailboxActivationOutputs["status"],
  { oauthtokenexpireson: expires, isoauthrefreshtokenset: isSet }: MailboxRow,
  profile: EmailServerProfileRow | undefined,
  before: Token | undefined,
  blockedBy: readonly Code[],
): Token | undefined {
  if (status === "success") return profile && { client: clientOf(profile) };
  if (!isSet) return undefined;
  const client = before?.client ?? (profile && clientOf(profile));
  const signsInAgain = blockedBy.some((code) => rowOf(code).class === "consent");
  return client !== undefined && signsInAgain ? { client, expires: expires ?? "" } : before;
}

function notSeen(row: MailboxRow): string {
  return `Mailbox ${row.emailaddress}: no success was seen yet. Run \`pulumi up\` to test again.`;
}

/** Failed steps, else unknown ones, else the given words: something that is not green always has a reason. */
function reasons(steps: readonly Step[], otherwise: readonly string[]): readonly Problem[] {
  const failed = failures(steps);
  if (failed.length > 0) return failed;
  const unknown = steps.filter((step) => step.status === "unknown").map(sentence);
  return unknown.length > 0 ? unknown : otherwise;
}
