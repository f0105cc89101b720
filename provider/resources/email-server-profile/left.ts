import { quoted } from "../../fault.ts";
import type { Context } from "../../resource/context.ts";
import { previousDefault, unsetDefault } from "./default-profile.ts";
import { GENERATION, generationKey, madeBefore } from "./generation.ts";
import { anyUser } from "./users.ts";

/**
 * Takes away profiles that a run which was cut off has made and that the state has never known: no resource of it would. Nobody has
 * adopted a mailbox for them, as that comes after; one that some mailbox has got all the same stays, and is named. What the state knows is
 * seen only where it was read first, and with targets those alone are: so one that the engine was told of (`told`) is left to it.
 */
export async function removeLeft(context: Context): Promise<void> {
  const { originals, roster, dataverse, deadline, log, urn } = context;
  if (!roster.inState.has(urn)) return;
  const owners = originals.keys(urn).filter((key) => key.startsWith(GENERATION));
  for (const owner of owners.map((key) => key.slice(GENERATION.length))) {
    const id = madeBefore(owner, context);
    const known = roster.inState.has(owner) || roster.declared.has(owner);
    if (id === undefined || known || roster.profiles.isMade(id)) continue;
    const row = await dataverse.retrieve("emailserverprofiles", id, deadline);
    if (originals.of(owner, generationKey(owner))?.["told"]) {
      const stays = `The profile ${quoted(row?.name)} (${id}) stays, as this run has not looked for it in the state.`;
      if (row) log("info", `${stays} Where no stack has it, delete it in the Power Platform admin center.`);
      continue;
    }
    const named = `The profile ${quoted(row?.name)} (${id}), which a run that was cut off has made and the state does not know,`;
    const user = row && (await anyUser(id, context));
    if (user) {
      log(
        "warning",
        `${named} stays: mailbox ${user.emailaddress} has it. \`pulumi up\` with its resource goes on with it.`,
      );
      continue;
    }
    await remove(id, context);
    originals.settle(owner, generationKey(owner));
    if (row) log("info", `${named} was deleted.`);
  }
}

/** The profile that should have followed one which goes now, where the state never had it. */
export async function removeFollower(id: string, context: Context): Promise<void> {
  const { urn, roster, originals } = context;
  const left = madeBefore(urn, context);
  if (left === undefined || roster.profiles.isMade(left)) return;
  if (left.toLowerCase() !== id.toLowerCase()) await remove(left, context);
  originals.settle(urn, generationKey(urn));
}

async function remove(id: string, context: Context): Promise<void> {
  await unsetDefault(id, previousDefault(id, undefined, context), context);
  await context.dataverse.delete("emailserverprofiles", id, context.finishing);
}
