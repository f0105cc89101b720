import { Fault } from "../../fault.ts";
import type { Deadline } from "../../network/deadline.ts";
import { sameText } from "../../resource/columns.ts";
import { type Context, keep } from "../../resource/context.ts";
import { organizationRow } from "../organization/organization.ts";
import type { EmailServerProfileOutputs } from "./definition.ts";

/** The organisation's default profile for new mailboxes, a lookup on its one row (Dataverse table `organization`). */
export async function defaultProfile(
  context: Context,
  deadline: Deadline,
): Promise<{ organizationId: string; current: string | undefined }> {
  const organization = await organizationRow(context, deadline);
  return {
    organizationId: organization.organizationid,
    current: organization._defaultemailserverprofileid_value ?? undefined,
  };
}

/**
 * Whatever the row's version: only some of Dataverse's own tables let versions be compared, those "enabled for offline sync", and others
 * refuse the write (https://learn.microsoft.com/power-apps/developer/data-platform/optimistic-concurrency). Nothing says that the
 * organization is one; and its row holds counters, of cases and of tracked mail, that move on their own.
 */
async function setDefaultProfile(
  organizationId: string,
  profileId: string | undefined,
  { dataverse, finishing }: Context,
): Promise<void> {
  const target = profileId ? `/emailserverprofiles(${profileId})` : null;
  await dataverse.update(
    "organizations",
    organizationId,
    { "defaultemailserverprofileid@odata.bind": target },
    {},
    finishing,
  );
}

interface Default {
  /** The organisation's default before this profile was made it. */
  readonly previous?: string | undefined;
  readonly problem?: string;
}

/**
 * Makes the profile the organisation's default, or no longer. The profile is there in any case, so what fails here is a problem. `stored`: of
 * one that the state has; undefined of a new one.
 */
export async function syncDefault(
  id: string,
  wanted: boolean,
  stored: Partial<EmailServerProfileOutputs> | undefined,
  context: Context,
): Promise<Default> {
  let previous = previousDefault(id, stored?.previousDefaultProfileId, context);
  try {
    const { organizationId, current } = await defaultProfile(context, context.finishing);
    const isDefault = sameText(current, id);
    if (!wanted) {
      if (isDefault) await putBackDefault(organizationId, previous, context);
      return {};
    }
    if (isDefault) {
      if (!stored) warnOfUnknownDefault(id, context);
      return { previous };
    }
    // A generation that the state never knew may be the default: then what was before that one counts.
    const known = current && (keptDefault(current, context) ?? current);
    previous = context.roster.profiles.defaultBefore(context.urn, known) ?? previous;
    keep(context, defaultKey(id), { previous: previous ?? "" });
    await setDefaultProfile(organizationId, id, context);
    return { previous };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { previous, problem: error.message };
  }
}

/** The key under which the default before a profile is kept on this machine until the state has it. */
function defaultKey(id: string): string {
  return `default before ${id.toLowerCase()}`;
}

/** As the state has it; or, where a run was cut off before the state had it, as this machine has written it down. */
export function previousDefault(id: string, inState: string | undefined, context: Context): string | undefined {
  const { originals, urn } = context;
  if (inState === undefined || sameText(inState, id)) return keptDefault(id, context);
  originals.settle(urn, defaultKey(id));
  return keptDefault(inState, context) ?? inState;
}

/**
 * Hands on what was the default before a profile that goes, or that another resource goes on with: where the provider's process was
 * another one when that was made, it knew nothing of the state.
 */
export function handOnDefault(id: string, previous: string | undefined, context: Context): void {
  if (previous) keep(context, defaultKey(id), { previous });
}

function keptDefault(id: string, { originals, urn }: Context): string | undefined {
  const previous = originals.of(urn, defaultKey(id))?.["previous"];
  return typeof previous === "string" && previous !== "" ? previous : undefined;
}

/** A profile that was made in this run is the default already: one that was cut off has made it so. */
function warnOfUnknownDefault(id: string, { originals, urn, log }: Context): void {
  if (originals.of(urn, defaultKey(id)) !== undefined) return;
  log(
    "warning",
    "The organization has this profile as its default for new mailboxes already: a run that was cut off has made it so, and which one was the default before is not known here. Destroying the EmailServerProfile leaves the organization without one; choose it then in the Power Platform admin center.",
  );
}

/** Nobody is asked to delete what is gone, so nobody puts back what was the default before it. */
export function warnOfLostDefault(id: string, previous: string, { log }: Context): void {
  log(
    "warning",
    `The EmailServerProfile ${id} was deleted in Dynamics, and the organization's default for new mailboxes with it; before, that was profile ${previous}. \`pulumi up\` makes it anew and goes on from there; a \`pulumi destroy\` without it leaves the organization without a default.`,
  );
}

/** Gives the organisation back the default profile it had, unless somebody chose another in the meantime. */
export async function unsetDefault(id: string, previous: string | undefined, context: Context): Promise<void> {
  const { organizationId, current } = await defaultProfile(context, context.finishing);
  const isDefault = sameText(current, id);
  if (isDefault) await putBackDefault(organizationId, previous, context);
  context.originals.settle(context.urn, defaultKey(id));
  if (!isDefault) handOnDefault(id, previous, context);
}

/** As far as the profile that was the default is still there. */
async function putBackDefault(organizationId: string, previous: string | undefined, context: Context): Promise<void> {
  const stillThere = previous && (await context.dataverse.retrieve("emailserverprofiles", previous, context.finishing));
  await setDefaultProfile(organizationId, stillThere ? previous : undefined, context);
}
