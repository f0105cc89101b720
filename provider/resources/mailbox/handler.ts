import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { type Changes, changesTo, importedInputs, inputsOf, sameText } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import { type Handler, type Outcome, resource } from "../../resource/resource.ts";
import { soundPart } from "../../schema/validator.ts";
import type { Tree } from "../../values.ts";
import { APPROVED, bindProfile, bindState, columns } from "./columns.ts";
import { mailbox as definition, type MailboxInputs, type MailboxOriginal, type MailboxOutputs } from "./definition.ts";
import { findMailbox, kindOf, mailboxUrl } from "./find.ts";
import { seenGmail, syncGmail } from "./gmail.ts";
import { saveMailbox } from "./save.ts";

type Inputs = MailboxInputs;
type Outputs = MailboxOutputs;

const handler: Handler<Inputs, Outputs> = {
  check({ emailAddress, profileId }, { roster }) {
    const problem = emailAddress && profileId && roster.joinMailbox(emailAddress, profileId);
    return problem ? [{ path: ["emailAddress"], reason: problem }] : [];
  },

  async preview({ emailAddress, mailboxId, kind, profileId, processAndDeleteEmails }, context) {
    if (emailAddress === undefined) return {};
    const row = await findMailbox(
      { emailAddress, ...(mailboxId && { mailboxId }), ...(kind && { kind }) },
      context,
      context.deadline,
    );
    if (profileId && !context.roster.knows(profileId)) await requireProfile(profileId, context);
    refuseDeletingUsersMail(row, processAndDeleteEmails);
    return { ...identity(row, context) };
  },

  async create(inputs, context) {
    const row = await findMailbox(inputs, context, context.deadline);
    await requireProfile(inputs.profileId, context);
    refuseDeletingUsersMail(row, inputs.processAndDeleteEmails);
    const fresh = await saveMailbox(row, (live) => changesTo(columns, live, inputs), context);
    const { original, problems } = await syncGmail(addressOf(row, inputs), { now: inputs.gmail }, context);
    return outcome(fresh, inputs, { ...originalOf(row), ...(original && { gmail: original }) }, context, problems);
  },

  async read(id, stored, context) {
    const row = await find(id, context);
    if (!row) return undefined;
    const asInputs = (tree: Tree) => soundPart(definition.inputs, tree);
    const inputs = asInputs(stored ? inputsOf(columns, row, stored.inputs) : importedInputs(columns, row, asInputs));
    const emailAddress = sameText(row.emailaddress, inputs.emailAddress) ? inputs.emailAddress : row.emailaddress;
    const gmail = stored?.inputs.gmail && (await seenGmail(addressOf(row, inputs), stored.inputs.gmail, context));
    return {
      ...outcome(row, {}, stored?.outputs.original ?? originalOf(row), context),
      inputs: { ...inputs, ...(emailAddress && { emailAddress }), ...(gmail && { gmail }) },
    };
  },

  async update(id, inputs, stored, context) {
    const row = await context.dataverse.retrieve("mailboxes", id, context.deadline);
    if (!row) throw gone(id, inputs.emailAddress);
    await requireProfile(inputs.profileId, context);
    refuseDeletingUsersMail(row, inputs.processAndDeleteEmails);
    const fresh = await saveMailbox(row, (live) => changesTo(columns, live, inputs, stored.inputs), context);
    const before = stored.outputs.original ?? originalOf(row);
    const declared = { now: inputs.gmail, before: stored.inputs.gmail, original: before.gmail };
    const { original, problems } = await syncGmail(addressOf(row, inputs), declared, context);
    const { gmail: _, ...rest } = before;
    return outcome(fresh, inputs, { ...rest, ...(original && { gmail: original }) }, context, problems);
  },

  /** Puts the mailbox back as it was before it was adopted. The mailbox itself belongs to its user or queue and stays. */
  async delete(id, stored, context) {
    const { original } = stored.outputs;
    const row = await context.dataverse.retrieve("mailboxes", id, context.deadline);
    if (!row) return;
    if (!original) {
      context.log("warning", `It is not known how mailbox ${id} was before it was adopted; it stays as it is.`);
      return;
    }
    const profileLeft =
      !original.profileId ||
      (await context.dataverse.retrieve("emailserverprofiles", original.profileId, context.deadline)) !== undefined;
    const { profileId: _, ...withoutProfile } = original;
    const target = profileLeft ? original : withoutProfile;
    await saveMailbox(row, (live) => changesBack(live, target), context);
    const declared = { now: undefined, before: stored.inputs.gmail, original: original.gmail };
    const { problems } = await syncGmail(addressOf(row, stored.inputs), declared, context);
    for (const problem of problems) context.log("warning", `${problem} They stay as they are.`);
  },
};

/** At an import people may give the address, which they know, instead of the id. */
async function find(id: string, context: Context): Promise<MailboxRow | undefined> {
  if (!id.includes("@")) return context.dataverse.retrieve("mailboxes", id, context.deadline);
  return findMailbox({ emailAddress: id }, context, context.deadline);
}

/**
 * An approval is read back, because the service has been seen to accept it and approve nothing (reported for
 * applications that run without a user). `approved: false` asks for nothing, so nothing can be missing.
 */
function outcome(
  row: MailboxRow,
  { approved }: Partial<Inputs>,
  original: MailboxOriginal,
  context: Context,
  problems: readonly string[] = [],
): Outcome<Outputs> {
  return {
    id: row.mailboxid,
    outputs: { ...identity(row, context), original },
    problems: [
      ...problems,
      ...(approved && row.emailrouteraccessapproval !== APPROVED
        ? [
            `Approving the address of mailbox ${row.emailaddress ?? row.mailboxid} had no effect: Dataverse accepted it and the mailbox is still not approved. Give the application user's security role the privilege prvApproveRejectEmailAddress (Approve Email Addresses for Users or Queues), or approve the mailbox by hand at ${mailboxUrl(context.environmentUrl, row.mailboxid)}, then run \`pulumi up\` again.`,
          ]
        : []),
    ],
  };
}

function addressOf(row: MailboxRow, { emailAddress = "" }: Partial<Inputs>): string {
  return row.emailaddress ?? emailAddress;
}

function identity(row: MailboxRow, { environmentUrl }: Context): Omit<Outputs, "original"> {
  return {
    mailboxId: row.mailboxid,
    name: row.name ?? "",
    kind: kindOf(row),
    webUrl: mailboxUrl(environmentUrl, row.mailboxid),
  };
}

function originalOf(row: MailboxRow): MailboxOriginal {
  return {
    ...(row._emailserverprofile_value && { profileId: row._emailserverprofile_value }),
    incomingEmailDeliveryMethod: row.incomingemaildeliverymethod ?? 0,
    outgoingEmailDeliveryMethod: row.outgoingemaildeliverymethod ?? 0,
    actDeliveryMethod: row.actdeliverymethod ?? 0,
    emailRouterAccessApproval: row.emailrouteraccessapproval,
    processAndDeleteEmails: row.processanddeleteemails,
    enabled: row.statecode === 0,
  };
}

function changesBack(row: MailboxRow, original: MailboxOriginal): Changes {
  const now = originalOf(row);
  const changed = (key: keyof MailboxOriginal) => now[key] !== original[key];
  return {
    ...(!sameText(now.profileId, original.profileId) && bindProfile(original.profileId)),
    ...(changed("incomingEmailDeliveryMethod") && {
      incomingemaildeliverymethod: original.incomingEmailDeliveryMethod,
    }),
    ...(changed("outgoingEmailDeliveryMethod") && {
      outgoingemaildeliverymethod: original.outgoingEmailDeliveryMethod,
    }),
    ...(changed("actDeliveryMethod") && { actdeliverymethod: original.actDeliveryMethod }),
    ...(changed("emailRouterAccessApproval") && { emailrouteraccessapproval: original.emailRouterAccessApproval }),
    ...(changed("processAndDeleteEmails") && { processanddeleteemails: original.processAndDeleteEmails }),
    ...(changed("enabled") && bindState(original.enabled ? 0 : 1)),
  };
}

async function requireProfile(profileId: string, { dataverse, deadline, environmentUrl }: Context): Promise<void> {
  const profile = await dataverse.retrieve("emailserverprofiles", profileId, deadline);
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
