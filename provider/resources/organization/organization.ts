import type { Tables } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import type { Deadline } from "../../network/deadline.ts";
import type { Context } from "../../resource/context.ts";

/** The one row of the table `organization`. */
export async function organizationRow(
  { dataverse, environmentUrl }: Pick<Context, "dataverse" | "environmentUrl">,
  deadline: Deadline,
): Promise<Tables["organizations"]> {
  const [organization] = await dataverse.list("organizations", "", { top: 1 }, deadline);
  if (organization) return organization;
  throw new Fault({
    kind: "permission-denied",
    what: `${environmentUrl} shows no organization row`,
    hint: "Give the application user's security role the privilege prvReadOrganization.",
  });
}
