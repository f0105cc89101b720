import { createHash } from "node:crypto";
import type { EmailServerProfileRow } from "../../dataverse/tables.ts";
import { Fault, quoted } from "../../fault.ts";
import { type Changes, changesTo, importedInputs, inputsOf, sameText } from "../../resource/columns.ts";
import { type Context, keep } from "../../resource/context.ts";
import { type Handler, type Outcome, resource, type Stored } from "../../resource/resource.ts";
import { soundPart } from "../../schema/validator.ts";
import type { Tree } from "../../values.ts";
import { putBackLeftovers } from "../mailbox/leftovers.ts";
import { columns, connectionColumns, fixedColumns } from "./columns.ts";
import {
  defaultProfile,
  handOnDefault,
  previousDefault,
  syncDefault,
  unsetDefault,
  warnOfLostDefault,
} from "./default-profile.ts";
import {
  emailServerProfile as definition,
  type EmailServerProfileInputs,
  type EmailServerProfileOutputs,
} from "./definition.ts";
import { generationKey, madeBefore, removeFollower, removeLeft } from "./left.ts";
import { warnOfOtherHosts } from "./other-hosts.ts";
import { anyUser, withProfile } from "./users.ts";

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
    await refuseWhileKept(id, context);
    await putBackLeftovers(id, context);
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
 * The id is derived from the resource's URN, so that a creation whose answer was lost is found again instead of being done twice; when
 * it is made anew, from the URN and the id before, which stands beside it until it goes. One that was made so by a run that was cut off
 * is gone on with, should the one before have gone meanwhile. Dataverse takes the primary key of a new row from the request (a UUID of
 * version 5, RFC 9562 §5.5).
 */
function profileId(context: Context): string {
  const { urn, environmentUrl, roster } = context;
  const idOf = (place: string) => idFrom(`gmailsync\n${environmentUrl}\n${place}`);
  const first = madeBefore(urn, context) ?? idOf(urn);
  return roster.profiles.next(urn, first, (before) => idOf(`${urn}\n${before}`));
}

/**
 * Keeps a profile that mailboxes of the state have, while a program runs: the engine deletes what is no longer declared also where what
 * should have moved them was skipped behind a failure, or was no target. A destroy has no program, and gives them back first.
 */
async function refuseWhileKept(id: string, context: Context): Promise<void> {
  const { roster, dataverse, deadline, urn } = context;
  if (roster.declared.size === 0) return;
  const isFollowed = roster.profiles.isFollowed(urn, id);
  for await (const rows of dataverse.pages("mailboxes", withProfile(id), deadline)) {
    const user = rows.find(({ mailboxid }) => isFollowed || roster.mailboxes.isKept(mailboxid));
    if (!user) continue;
    throw new Fault({
      kind: "failed-precondition",
      what: `The email server profile ${id} stays, as mailboxes still have it, ${user.emailaddress} among them`,
      hint: "They would be without one. Mend what has failed, and run `pulumi up` again, without targets: it moves them first. One that is not of this stack needs another profile in Dynamics.",
    });
  }
}

function idFrom(text: string): string {
  const hash = createHash("sha1").update(text).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** `isOurs`: an earlier run on this machine was about to make it. */
async function makeSure(id: string, inputs: Inputs, isOurs: boolean, context: Context): Promise<Outcome<Outputs>> {
  const made = await ensure(id, inputs, isOurs, context);
  if ("problem" in made) return notSeen(id, made.problem);
  // It is there: whatever fails from here on is a problem of something that the state has to know.
  try {
    return await sync(made.row, inputs, { secret: made.secret }, context);
  } catch (error) {
    return notSeen(id, asFault(error).message);
  }
}

/** A row, and the secret that it has, as far as that is known: Dataverse never gives it back. */
interface Ensured {
  readonly row: EmailServerProfileRow;
  readonly secret: string | undefined;
}

/** The row; or why it is not known whether it was made, in which case it is kept and looked for by the next `up`. */
async function ensure(
  id: string,
  inputs: Inputs,
  isOurs: boolean,
  context: Context,
): Promise<Ensured | { readonly problem: string }> {
  const { statecode: _, statuscode: __, ...settable } = changesTo(columns, {}, inputs);
  try {
    const { oauthClientSecret: secret } = inputs;
    const cells = { emailserverprofileid: id, ...fixedColumns, ...settable, oauthclientsecret: secret };
    return { row: await context.dataverse.create("emailserverprofiles", cells, context.finishing), secret };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const exists = error.kind === "already-exists";
    if (error.undone && !exists) throw error;
    const seen = await context.dataverse.retrieve("emailserverprofiles", id, context.finishing).catch(asFault);
    if (seen instanceof Fault)
      return { problem: `${error.message} Whether it was created is seen by the next \`pulumi up\`.` };
    if (!seen) throw error;
    if (exists && error.undone) await tellThere(id, isOurs, context);
    return { row: seen, secret: undefined };
  }
}

/** A run that was cut off has adopted no mailbox for it yet: where one has it, somebody else holds it. */
async function tellThere(id: string, isOurs: boolean, context: Context): Promise<void> {
  const user = isOurs ? undefined : await anyUser(id, context);
  if (user)
    context.log(
      "warning",
      `Profile ${id} is there already, and mailboxes have it, ${user.emailaddress} among them: another stack may hold it, unless it was retained on purpose. If so, take it out of this one by \`pulumi state delete\`: a destroy would delete it there, too.`,
    );
  else
    context.log(
      "info",
      `Profile ${id} is there already, left by an interrupted deployment or retained on purpose; going on with it.`,
    );
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}

/** The revision of a row that nobody has seen. */
const UNSEEN = "unknown";

function notSeen(id: string, problem: string): Outcome<Outputs> {
  return { id, outputs: { profileId: id, oauthClientSecretSet: false, revision: UNSEEN }, problems: [problem] };
}

interface Before {
  /** Undefined of one that was made just now. */
  readonly stored?: Stored<Inputs, Outputs>;
  /** The secret that the row has; undefined where that is not known. */
  readonly secret: string | undefined;
}

async function sync(
  row: EmailServerProfileRow,
  inputs: Inputs,
  { stored, secret }: Before,
  context: Context,
): Promise<Outcome<Outputs>> {
  const id = row.emailserverprofileid;
  const isSecretThere = row.isoauthclientsecretset && secret === inputs.oauthClientSecret;
  const changes = {
    ...changesTo(columns, row, inputs, stored?.inputs),
    ...fixes(row),
    ...(!isSecretThere && { oauthclientsecret: inputs.oauthClientSecret }),
  };
  if (stored && !isSecretThere) keep(context, secretKey(id), { revision: stored.outputs.revision ?? UNSEEN });
  const { dataverse, finishing, originals, urn } = context;
  const refused = (error: unknown): never => {
    if (error instanceof Fault && error.undone && secret !== undefined) originals.settle(urn, secretKey(id));
    throw error;
  };
  const fresh =
    Object.keys(changes).length > 0
      ? await dataverse.update("emailserverprofiles", id, changes, { etag: row.etag }, finishing).catch(refused)
      : row;
  const { previous, problem } = await syncDefault(id, inputs.defaultForNewMailboxes, stored?.outputs, context);
  const written = Object.keys(changes);
  const decisive = written.some((column) => column === "oauthclientsecret" || connects(column));
  const revision = decisive ? undefined : stored?.outputs.revision;
  const seen = outputs(fresh, previous, revision);
  context.roster.revisions.set(id, seen.revision);
  context.roster.declareProfile(id, inputs.oauthClientId);
  return { id, outputs: seen, problems: [...(problem ? [problem] : []), ...notGmail(fresh)] };
}

function connects(column: string): boolean {
  return connectionColumns.some((known) => known === column);
}

/** What a login needs of declared inputs, in a form that can be compared. */
function connectionOf(changes: Changes, { oauthClientSecret }: Partial<Inputs>): string {
  return JSON.stringify([oauthClientSecret, connectionColumns.map((column) => changes[column])]);
}

/** The key under which stands on this machine which revision a secret was written over. */
function secretKey(id: string): string {
  return `secret over revision of ${id.toLowerCase()}`;
}

/**
 * The secret that the row has; undefined where nobody knows: its creation was not seen, or a run has written another one and was cut off
 * before the state had it, so that the state still has the revision before.
 */
function secretIn(
  id: string,
  { inputs, outputs }: Stored<Inputs, Outputs>,
  { originals, urn }: Context,
): string | undefined {
  const { revision = UNSEEN } = outputs;
  const over = originals.of(urn, secretKey(id))?.["revision"];
  if (over !== undefined && over !== revision) originals.settle(urn, secretKey(id));
  return revision === UNSEEN || over === revision ? undefined : inputs.oauthClientSecret;
}

/** Columns that make the profile one for Gmail by OAuth, where somebody changed them. */
function fixes(row: EmailServerProfileRow): Changes {
  const cells: Readonly<Record<string, unknown>> = { ...row };
  return Object.fromEntries(Object.entries(fixedColumns).filter(([column, cell]) => cells[column] !== cell));
}

function notGmail(row: EmailServerProfileRow): string[] {
  const wrong = Object.entries(fixes(row)).map(([column, cell]) => `${column} should be ${cell}`);
  return wrong.length === 0
    ? []
    : [
        `Profile ${quoted(row.name)} was changed and is no longer one for Gmail by OAuth 2.0: ${wrong.join(", ")}. Run \`pulumi up\` to set it right.`,
      ];
}

/** Without a known revision the row's version is the new one; the versions of writes by others are not taken up. */
function outputs(
  row: EmailServerProfileRow,
  previousDefaultProfileId: string | undefined,
  revision = /\d+/.exec(row.etag)?.[0] ?? row.etag,
): Outputs {
  return {
    revision,
    profileId: row.emailserverprofileid,
    oauthClientSecretSet: row.isoauthclientsecretset,
    ...(previousDefaultProfileId && { previousDefaultProfileId }),
  };
}

function gone(id: string): Fault {
  return new Fault({
    kind: "not-found",
    what: `Email server profile ${id} does not exist any more`,
    hint: "Run `pulumi refresh`, then `pulumi up` creates it again.",
  });
}

export const emailServerProfile = resource(definition, handler);
