import { isDeepStrictEqual } from "node:util";
import type { MailboxRow } from "../../dataverse/tables.ts";
import type { Context } from "../../resource/context.ts";
import type { Stored } from "../../resource/resource.ts";
import { durationMs } from "../../schema/duration.ts";
import { testedOn } from "../mailbox/status.ts";
import { changedSince, isRewritten, type TestBasis } from "./basis.ts";
import type { MailboxActivationInputs, MailboxActivationOutputs } from "./definition.ts";

type Inputs = MailboxActivationInputs;
type Outputs = MailboxActivationOutputs;

/** Why what stands is tested again, in words, though nothing speaks against it; undefined where it is not. */
export function dueNow(
  row: MailboxRow,
  retest: string | undefined,
  before: TestBasis | undefined,
  now: TestBasis | undefined,
  { dataverse }: Pick<Context, "dataverse">,
): string | undefined {
  const changed = before && now && changedSince(before, now);
  if (changed) return `${changed} has changed since it was tested`;
  if (retest === "always") return "it is tested with every update";
  if (retest === undefined || retest === "onChange") return undefined;
  const moment = testedOn(row);
  if (moment !== undefined && dataverse.now() - Date.parse(moment) <= durationMs(retest)) return undefined;
  return moment ? `the last test is older than ${retest}` : "there was no test that has ended";
}

/** What a change of makes another test; another way to judge or to wait does not. */
const TESTED: readonly (keyof Inputs)[] = ["profileId", "roundTrip", "triggers"];

/** Whether a test that an earlier run has begun or awaited is about what would be tested now. */
export function isSameTest(
  inputs: Inputs,
  { inputs: before, outputs: { basis } }: Stored<Inputs, Outputs>,
  now: TestBasis | undefined,
  context: Context,
): boolean {
  if (!basis || !now || isRewritten(basis, inputs.mailboxId, context) || changedSince(basis, now)) return false;
  return TESTED.every((name) => isDeepStrictEqual(inputs[name], before[name]));
}

/** Whether an update has to test, or what is known may be judged anew. */
export function isTestDue(
  inputs: Inputs,
  stored: Stored<Inputs, Outputs>,
  now: TestBasis | undefined,
  row: MailboxRow,
  context: Context,
): boolean {
  const { due, basis } = stored.outputs;
  if (due !== undefined || !isSameTest(inputs, stored, now, context)) return true;
  return dueNow(row, inputs.retest, basis, now, context) !== undefined;
}
