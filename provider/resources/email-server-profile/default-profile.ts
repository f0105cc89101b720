import { Fault } from "../../fault.ts";
import type { Deadline } from "../../network/deadline.ts";
import type { Context } from "../../resource/context.ts";

/** The organisation's default profile for new mailboxes, a lookup on its one row (Dataverse table `organization`). */
export async function defaultProfile(
  { dataverse, environmentUrl }: Context,
  deadline: Deadline,
): Promise<{ organizationId: string; current: string | undefined }> {
  const [organization] = await dataverse.list("organizations", "", { top: 1 }, deadline);
  if (!organization) {
    throw new Fault({
      kind: "permission-denied",
      what: `${environmentUrl} shows no organization row`,
      hint: "Give the application user's security role the privilege prvReadOrganization.",
    });
  }
  return {
    organizationId: organization.organizationid,
    current: organization._defaultemailserverprofileid_value ?? undefined,
  };
}

export async function setDefaultProfile(
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
