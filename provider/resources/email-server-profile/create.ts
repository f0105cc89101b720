import type { EmailServerProfileRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { changesTo } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import type { Outcome } from "../../resource/resource.ts";
import { columns, fixedColumns } from "./columns.ts";
import type { EmailServerProfileInputs, EmailServerProfileOutputs } from "./definition.ts";
import { UNSEEN } from "./secret.ts";
import { sync } from "./sync.ts";
import { anyUser } from "./users.ts";

type Inputs = EmailServerProfileInputs;
type Outputs = EmailServerProfileOutputs;

/** `isOurs`: an earlier run on this machine was about to make it. */
export async function makeSure(
  id: string,
  inputs: Inputs,
  isOurs: boolean,
  context: Context,
): Promise<Outcome<Outputs>> {
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

function notSeen(id: string, problem: string): Outcome<Outputs> {
  return { id, outputs: { profileId: id, oauthClientSecretSet: false, revision: UNSEEN }, problems: [problem] };
}
