import type { MailboxState } from "../../resources/mailbox/functions.ts";
import { mailbox } from "../../resources/mailbox/handler.ts";
import { mailboxActivation } from "../../resources/mailbox-activation/handler.ts";
import { addressProblem } from "../../schema/address.ts";
import type { FoundMailbox, FoundProfile } from "./found.ts";
import { beyondDefaults, contextOf, type Look, type Seen, seenAs } from "./seen.ts";

const ADDRESS_AND_PROFILE = ["emailAddress", "profileId"];
/** What a fleet's activation has no place for, or has from its mailbox. */
const OF_THE_MAILBOX = ["mailboxId", "profileId", "credential", "waitForSignIn"];

/** A mailbox as an import reads it, and as the stack has it. `saysKind`: whether its address alone does not tell which one is meant. */
export async function seenMailbox(
  { mailboxId, emailAddress, kind }: MailboxState,
  saysKind: boolean,
  profile: FoundProfile,
  how: Look,
): Promise<Seen<FoundMailbox>> {
  const held = how.holdings.of("Mailbox", mailboxId);
  const active = how.holdings.of("MailboxActivation", mailboxId);
  const former = { ...(held && { mailbox: held.alias }), ...(active && { activation: active.alias }) };
  const problem = addressProblem(emailAddress);
  const { inputs, deviation } =
    held ?? (problem ? { inputs: {}, deviation: `the address ${problem}` } : await seenAs(mailbox, mailboxId, how));
  const activation = active
    ? { inputs: beyondDefaults(mailboxActivation, active.inputs, OF_THE_MAILBOX) }
    : held
      ? { not: "the stack does not test it" }
      : await activationOf(mailboxId, how);
  const own = { ...(saysKind && { kind }), ...beyondDefaults(mailbox, inputs, ADDRESS_AND_PROFILE) };
  return { found: { mailboxId, emailAddress, kind, profile, inputs: own, activation, former }, deviation };
}

/** Tested as part of a deployment is what has succeeded: anything else would be tried again by the next `up`. */
async function activationOf(mailboxId: string, how: Look): Promise<FoundMailbox["activation"]> {
  const context = contextOf(how, mailboxId);
  const live = await mailboxActivation.read(mailboxId, undefined, context);
  const { status, blockedBy = [] } = live?.outputs ?? {};
  if (status === "success" && !live?.problems?.length) return { inputs: {} };
  const codes = Array.isArray(blockedBy) ? blockedBy.join(", ") : "";
  return { not: codes || "never tested" };
}
