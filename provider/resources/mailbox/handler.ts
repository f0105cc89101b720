import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { importedInputs, inputsOf, sameText, settingsOf } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import type { Change } from "../../resource/diff.ts";
import { type Handler, resource, type Stored } from "../../resource/resource.ts";
import { nameOfUrn } from "../../resource/urn.ts";
import { addressWarning, sameAddress } from "../../schema/address.ts";
import { soundPart } from "../../schema/validator.ts";
import type { Tree } from "../../values.ts";
import { bring, putBack } from "./adopt.ts";
import { mailboxBasis } from "./basis.ts";
import {
  handOnOriginal,
  keptInState,
  knownBefore,
  knownOfAll,
  knowsMore,
  warnOfUnknown,
  wholeBefore,
} from "./before.ts";
import { columns } from "./columns.ts";
import { mailbox as definition, type MailboxInputs, type MailboxOutputs } from "./definition.ts";
import { findAhead, findMailbox, kindOf } from "./find.ts";
import { seenGmail } from "./gmail.ts";
import { claim, heldTwice, tellHolder, twice } from "./holder.ts";
import { mailboxOf, observeMailbox } from "./observe.ts";
import { beyondInputs, wayBack, whereApplied } from "./original.ts";
import { addressOf, identity, outcome } from "./outcome.ts";
import { isIdle, warnOfAddress, warnOfGone, warnOfIdle } from "./people.ts";

type Inputs = MailboxInputs;
type Outputs = MailboxOutputs;

const handler: Handler<Inputs, Outputs> = {
  check({ emailAddress, mailboxId, kind, profileId }, { roster, urn }) {
    if (!emailAddress) return [];
    const twin = roster.mailboxes.want(urn, { emailAddress, mailboxId, kind });
    if (twin) return [{ path: ["emailAddress"], reason: twice(urn, twin) }];
    const problem = profileId && roster.joinMailbox(emailAddress, profileId);
    return problem ? [{ path: ["emailAddress"], reason: problem }] : [];
  },

  /**
   * Says only who holds the row: a declared resource keeps what it has, whatever another one does, unless it is given another address.
   * The engine asks for differences when it refreshes, too, and of resources that the program may no longer have.
   */
  diff(stored, { inputs, roster, urn, id, changes }) {
    const judged = changes.map((change) =>
      change.replaces && meansTheSame(change.property, inputs, stored, id) ? { ...change, replaces: false } : change,
    );
    if (!roster.mailboxes.isDeclared(urn) || judged.some(({ replaces }) => replaces)) return judged;
    const other = roster.mailboxes.claim(id, urn);
    if (other) throw heldTwice(urn, other);
    return knowsMore(stored, roster.mailboxes.before(id)) ? [...judged, LEARNED] : judged;
  },

  async preview(inputs, context, stored) {
    const { emailAddress, mailboxId, kind, profileId, processAndDeleteEmails } = inputs;
    if (emailAddress === undefined) return {};
    const row = stored
      ? await observeMailbox(stored.id, profileId, context)
      : await findMailbox({ emailAddress, mailboxId, kind }, context, context.deadline);
    if (!row) throw gone(stored?.id ?? "", emailAddress);
    // Also where what follows fails: with what a failed client has skipped the engine asks for no more than this.
    claim(row, context);
    if (profileId && !context.roster.knows(profileId)) await requireProfile(profileId, context);
    refuseDeletingUsersMail(row, processAndDeleteEmails);
    if (!stored || wasRead(context)) await tellHolder(row, profileId, context);
    if (!stored) {
      const unusual = addressWarning(emailAddress);
      if (unusual) context.log("warning", `${emailAddress} ${unusual}.`);
    }
    const basis = mailboxBasis({ ...row, ...settingsOf(columns, inputs) });
    context.roster.mailboxBases.set(row.mailboxid.toLowerCase(), basis);
    return { ...identity(row, context) };
  },

  async before({ emailAddress, mailboxId, kind }, context) {
    if (emailAddress === undefined) return undefined;
    return wholeBefore(await findAhead({ emailAddress, mailboxId, kind }, context), context);
  },

  async create(inputs, context) {
    const row = await findMailbox(inputs, context, context.deadline);
    claim(row, context);
    await requireProfile(inputs.profileId, context);
    refuseDeletingUsersMail(row, inputs.processAndDeleteEmails);
    await tellHolder(row, inputs.profileId, context);
    const known = knownBefore(row, context);
    if (!known.original) warnOfUnknown(row, inputs, context);
    return bring(row, inputs, undefined, known, context);
  },

  async read(id, stored, context) {
    const row = await mailboxOf(id, stored?.inputs.profileId, context);
    if (!row) {
      if (stored) warnOfGone(id, stored.inputs, context);
      return undefined;
    }
    if (stored) warnOfAddress(row, stored.inputs, context);
    const asInputs = (tree: Tree) => soundPart(definition.inputs, tree);
    const inputs = asInputs(stored ? inputsOf(columns, row, stored.inputs) : importedInputs(columns, row, asInputs));
    const emailAddress = sameAddress(row.emailaddress, inputs.emailAddress) ? inputs.emailAddress : row.emailaddress;
    const gmail = stored?.inputs.gmail && (await seenGmail(addressOf(row, inputs), stored.inputs.gmail, context));
    // Inactive with its user, which nobody here can change: no drift.
    const idle = stored?.inputs.enabled === true && (await isIdle(row, context));
    if (idle) warnOfIdle(row, context);
    const live = {
      ...inputs,
      ...(emailAddress && { emailAddress }),
      ...(gmail && { gmail }),
      ...(idle && { enabled: true }),
    };
    const kept = stored ? keptInState(row, stored, context) : { original: {}, applied: {} };
    const { previously = {} } = stored?.outputs ?? {};
    const beyond = {
      original: kept.original,
      applied: beyondInputs(live, kept),
      previously: whereApplied(row, previously, previously),
    };
    return { ...outcome(row, {}, beyond, context), inputs: live };
  },

  async update(id, inputs, stored, context) {
    const row = await context.dataverse.retrieve("mailboxes", id, context.deadline);
    if (!row) throw gone(id, inputs.emailAddress);
    claim(row, context);
    await requireProfile(inputs.profileId, context);
    refuseDeletingUsersMail(row, inputs.processAndDeleteEmails);
    if (wasRead(context)) await tellHolder(row, inputs.profileId, context);
    return bring(row, inputs, stored.inputs, knownOfAll(row, stored, context), context);
  },

  /** Puts back what is still as this resource has set it. The mailbox itself belongs to its user or queue and stays. */
  async delete(id, stored, context) {
    const seen = await observeMailbox(id, stored.inputs.profileId, context);
    // What is put back is written on that version of the row. To leave it as it is takes a closer look.
    const row =
      seen && isToGoBack(seen, stored, context)
        ? seen
        : await context.dataverse.retrieve("mailboxes", id, context.deadline);
    const { mailboxes } = context.roster;
    if (!row) return mailboxes.letGo(id, context.urn);
    const { inputs } = stored;
    const { original, applied } = knownOfAll(row, stored, context);
    const holder = { id, emailAddress: addressOf(row, inputs), kind: kindOf(row) };
    const taker = mailboxes.takenOver(context.urn, holder) ?? mailboxes.storedBy(id, context.urn);
    if (taker) {
      if (!mailboxes.isHeldBy(id, taker)) throw notTakenYet(addressOf(row, inputs), taker);
      mailboxes.letGo(id, context.urn);
      if (original) handOnOriginal(row, original, applied, context);
      context.log("info", `Mailbox ${addressOf(row, inputs)} is taken over by ${nameOfUrn(taker)} and stays as it is.`);
      return;
    }
    if (original) await putBack(row, original, applied, addressOf(row, inputs), context);
    else
      context.log(
        "warning",
        `It is not known how mailbox ${addressOf(row, inputs)} (${id}) was before it was adopted; it stays as it is. Where its profile goes, it has none.`,
      );
    mailboxes.letGo(id, context.urn);
  },
};

/** Another one of the state knows how the mailbox was, and may be about to leave it: from now on this one's state has it, too. */
const LEARNED: Change = { path: "original", property: "original", kind: "update", replaces: false, ofOutputs: true };

/** Where nothing was read before, the stack's own profiles are not known either. */
function wasRead({ roster, urn }: Context): boolean {
  return roster.inState.has(urn);
}

/** Whoever lets go before would leave the state without anybody who knows how the mailbox was. */
function notTakenYet(address: string, taker: string): Fault {
  return new Fault({
    kind: "failed-precondition",
    what: `Mailbox ${address} stays in the state until ${nameOfUrn(taker)} has taken it over`,
    hint: "Mend what has kept that one from it, and run `pulumi up` again.",
  });
}

function isToGoBack(row: MailboxRow, stored: Stored<Inputs, Outputs>, context: Context): boolean {
  const { original, applied } = knownOfAll(row, stored, context);
  return original !== undefined && wayBack(row, original, applied).differences.length > 0;
}

/** Whether a property that finds the mailbox finds the same one as before: what is said of it has only become more, or less. */
function meansTheSame(
  property: string,
  { emailAddress, kind, mailboxId }: Partial<Inputs>,
  stored: Stored<Inputs, Outputs>,
  id: string,
): boolean {
  if (property === "kind") return kind === undefined || kind === stored.outputs.kind;
  if (property === "mailboxId") return mailboxId === undefined || sameText(mailboxId, id);
  return property === "emailAddress" && sameAddress(emailAddress, stored.inputs.emailAddress);
}

async function requireProfile(profileId: string, { dataverse, deadline, environmentUrl }: Context): Promise<void> {
  const profile = await dataverse.observe("emailserverprofiles", profileId, deadline);
  if (!profile) {
    throw new Fault({
      kind: "not-found",
      what: `profileId: email server profile ${profileId} does not exist in ${environmentUrl}`,
      hint: "Pass the output profileId of an EmailServerProfile of this stack, or the id of a profile that exists.",
    });
  }
}

/** The service refuses it for users (0x8005e233); said here with the property's name, before anything is changed. */
function refuseDeletingUsersMail(row: MailboxRow, processAndDeleteEmails: boolean | undefined): void {
  if (processAndDeleteEmails && kindOf(row) === "user") {
    throw new Fault({
      kind: "invalid-input",
      what: `processAndDeleteEmails: ${row.emailaddress} is a user's mailbox, and Dynamics deletes processed mail for queues and forward mailboxes only`,
      hint: "Leave the property out.",
    });
  }
}

function gone(id: string, emailAddress: string): Fault {
  return new Fault({
    kind: "not-found",
    what: `Mailbox ${id} of ${emailAddress} does not exist any more`,
    hint: "It goes with its user or queue. Run `pulumi refresh`, then `pulumi up` looks for the address again.",
  });
}

export const mailbox = resource(definition, handler);
