import { odataString } from "../../dataverse/dataverse.ts";
import type { EmailServerProfileRow } from "../../dataverse/tables.ts";
import { Fault, quoted } from "../../fault.ts";
import type { Context } from "../../resource/context.ts";

/** The one profile of the name. None and several are different errors. */
export async function profileNamed(name: string, context: Context): Promise<EmailServerProfileRow> {
  const { dataverse, deadline, environmentUrl } = context;
  const rows = await dataverse.list("emailserverprofiles", `name eq ${odataString(name)}`, { top: 20 }, deadline);
  const [only, ...others] = rows;
  if (only && others.length === 0) return only;
  if (only) {
    throw new Fault({
      kind: "invalid-input",
      what: `${rows.length} email server profiles are called ${quoted(name)} in ${environmentUrl}`,
      hint: `Name the one that is meant by its id: ${rows.map((row) => row.emailserverprofileid).join(", ")}.`,
    });
  }
  throw new Fault({
    kind: "not-found",
    what: `No email server profile is called ${quoted(name)} in ${environmentUrl}`,
    hint: "Check the name, and that the application user may read email server profiles (prvReadEmailServerProfile).",
  });
}
