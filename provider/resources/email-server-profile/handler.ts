import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { type Changes, changesTo, importedInputs, inputsOf, sameText } from "../../resource/columns.ts";
import { type Context, keep } from "../../resource/context.ts";
import { type Handler, resource } from "../../resource/resource.ts";
import { soundPart } from "../../schema/validator.ts";
import type { Tree } from "../../values.ts";
import { kindOf } from "../mailbox/find.ts";
import { type Leftover, leftoversOf, putBackLeftovers } from "../mailbox/leftovers.ts";
import { columns, connectionColumns } from "./columns.ts";
import { makeSure } from "./create.ts";
import { defaultProfile, handOnDefault, previousDefault, unsetDefault, warnOfLostDefault } from "./default-profile.ts";
import {
  emailServerProfile as definition,
  type EmailServerProfileInputs,
  type EmailServerProfileOutputs,
} from "./definition.ts";
import { generationKey, madeBefore, profileId } from "./generation.ts";
import { removeFollower, removeLeft } from "./left.ts";
import { warnOfOtherHosts } from "./other-hosts.ts";
import { secretIn, secretKey } from "./secret.ts";
import { notGmail, outputs, sync } from "./sync.ts";
import { withProfile } from "./users.ts";

type Inputs = EmailServerProfileInputs;
type Outputs = EmailServerProfileOutputs;

const handler: Handler<Inputs, Outputs> = {
  /** Tells the mailboxes of this run which client they will have, and the activations that they will have to test again. */
  async preview(inputs, context, stored) {
    warnOfOtherHosts(inputs, context);
    const id = stored?.id ?? profileId(context);
    const wanted = (from: Partial<Inputs>) => connectionOf(changesTo(columns, {}, from), from);
    if (stored && wanted(inputs) !== wanted(stored.inputs)) context.roster.revisions.set(id, "pending");
    context.roster.declareProfile(id, inputs.oauthClientId);
    return { profileId: id };
  },

  async create(inputs, context) {
    warnOfOtherHosts(inputs, context);
    const id = profileId(context);
    context.roster.profiles.made(context.urn, id);
    const isOurs = madeBefore(context.urn, context) !== undefined;
    keep(context, generationKey(context.urn), { id });
    const outcome = await makeSure(id, inputs, isOurs, context);
    // Of a deployment that is cancelled nobody may be there to hear it.
    if (!context.deadline.cancelled) keep(context, generationKey(context.urn), { id, told: true });
    return outcome;
  },

  async read(id, stored, context) {
    const row = await context.dataverse.observe("emailserverprofiles", id, context.deadline);
    const previous = previousDefault(id, stored?.outputs.previousDefaultProfileId, context);
    if (!row) {
      context.roster.profiles.gone(context.urn, id, previous);
      if (stored?.inputs.defaultForNewMailboxes && previous) warnOfLostDefault(id, previous, context);
      return undefined;
    }
    context.roster.profiles.stored(context.urn, row.emailserverprofileid, previous);
    if (stored && sameText(madeBefore(context.urn, context), id))
      context.originals.settle(context.urn, generationKey(context.urn));
    const asInputs = (tree: Tree) => soundPart(definition.inputs, tree);
    const inputs = asInputs(stored ? inputsOf(columns, row, stored.inputs) : importedInputs(columns, row, asInputs));
    const { current } = await defaultProfile(context, context.deadline);
    if (!row.isoauthclientsecretset || (stored && secretIn(id, stored, context) === undefined))
      delete inputs.oauthClientSecret;
    const { revision } = stored?.outputs ?? {};
    if (revision) context.roster.revisions.set(row.emailserverprofileid, revision);
    context.roster.declareProfile(row.emailserverprofileid, row.oauthclientid ?? undefined);
    return {
      id: row.emailserverprofileid,
      inputs: { ...inputs, defaultForNewMailboxes: sameText(current, row.emailserverprofileid) },
      outputs: outputs(row, previous, revision),
      problems: notGmail(row),
    };
  },

  async update(id, inputs, stored, context) {
    warnOfOtherHosts(inputs, context);
    const row = await context.dataverse.retrieve("emailserverprofiles", id, context.deadline);
    if (!row) throw gone(id);
    return sync(row, inputs, { stored, secret: secretIn(id, stored, context) }, context);
  },

  async delete(id, stored, context) {
    // A creation of this run has gone on with this very row.
    if (context.roster.profiles.isMade(id)) return handOnDefault(id, stored.outputs.previousDefaultProfileId, context);
    const leftovers = await leftoversOf(id, context);
    await refuseWhileKept(id, leftovers, context);
    await putBackLeftovers(leftovers, context);
    if (stored.inputs.defaultForNewMailboxes) {
      await unsetDefault(id, stored.outputs.previousDefaultProfileId, context);
    }
    // Before its own, as nobody is asked to delete what is gone.
    await removeFollower(id, context);
    await context.dataverse.delete("emailserverprofiles", id, context.finishing);
    context.originals.settle(context.urn, secretKey(id));
    await removeLeft(context);
  },
};

/**
 * Keeps a profile that mailboxes of the state have, while a program runs: the engine deletes what is no longer declared also where what
 * should have moved them was skipped behind a failure, or was no target. A destroy has no program, and gives them back first. One that is
 * followed by another is kept for everybody who has it, but for those that no state can have and nobody looks for: they go back as they were.
 */
async function refuseWhileKept(id: string, leftovers: readonly Leftover[], context: Context): Promise<void> {
  const { roster, dataverse, deadline, urn } = context;
  if (roster.declared.size === 0) return;
  // With targets, the state's other mailboxes have not been seen in this run.
  const sure = leftovers.filter(({ row, kept }) => kept.untold && !isLookedFor(row, context));
  const goBack = new Set(sure.map(({ row }) => row.mailboxid));
  const keeps = roster.profiles.isFollowed(urn, id)
    ? ({ mailboxid }: MailboxRow) => !goBack.has(mailboxid)
    : ({ mailboxid }: MailboxRow) => roster.mailboxes.isKept(mailboxid);
  for await (const rows of dataverse.pages("mailboxes", withProfile(id), deadline)) {
    const user = rows.find(keeps);
    if (!user) continue;
    throw new Fault({
      kind: "failed-precondition",
      what: `The email server profile ${id} stays, as mailboxes still have it, ${user.emailaddress} among them`,
      hint: "They would be without one. Mend what has failed, and run `pulumi up` again, without targets: it moves them first. One that is not of this stack needs another profile in Dynamics.",
    });
  }
}

/** Whether the program has a resource for the mailbox, also one that was skipped. */
function isLookedFor(row: MailboxRow, { roster, urn }: Context): boolean {
  const { mailboxid: id, emailaddress } = row;
  return roster.mailboxes.takenOver(urn, { id, emailAddress: emailaddress ?? "", kind: kindOf(row) }) !== undefined;
}

/** What a login needs of declared inputs, in a form that can be compared. */
function connectionOf(changes: Changes, { oauthClientSecret }: Partial<Inputs>): string {
  return JSON.stringify([oauthClientSecret, connectionColumns.map((column) => changes[column])]);
}

function gone(id: string): Fault {
  return new Fault({
    kind: "not-found",
    what: `Email server profile ${id} does not exist any more`,
    hint: "Run `pulumi refresh`, then `pulumi up` creates it again.",
  });
}

export const emailServerProfile = resource(definition, handler);
