import { Fault } from "../fault.ts";
import { textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Dataverse } from "./dataverse.ts";
import { definitionOf, selectOf, type TableName } from "./tables.ts";

/** How far a privilege reaches, from the user's own rows to all; weakest first. */
export const DEPTHS = ["Basic", "Local", "Deep", "Global"] as const;
export type Depth = (typeof DEPTHS)[number];

/** The version of the service, such as `9.2.24073.198`. */
export async function versionOf(dataverse: Dataverse, deadline: Deadline): Promise<string> {
  return textOf(await dataverse.ask("Reading the version of Dataverse", "RetrieveVersion()", deadline), "Version");
}

/**
 * Which of these privileges a user holds by roles and teams, and the greatest depth of each; what is not held is absent
 * (https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/retrieveusersetofprivilegesbynames).
 */
export async function privilegesHeld(
  dataverse: Dataverse,
  userId: string,
  names: readonly string[],
  deadline: Deadline,
): Promise<ReadonlyMap<string, Depth>> {
  const call = "Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)";
  const path = `systemusers(${userId})/${call}?@p=${encodeURIComponent(JSON.stringify(names))}`;
  const what = "Reading the privileges of the application user";
  const { RolePrivileges: rows } = await dataverse.ask(what, path, deadline);
  const held = new Map<string, Depth>();
  for (const row of Array.isArray(rows) ? rows : []) {
    const depth = DEPTHS.find((known) => known === textOf(row, "Depth"));
    const name = textOf(row, "PrivilegeName");
    const before = held.get(name);
    if (depth && (before === undefined || DEPTHS.indexOf(depth) > DEPTHS.indexOf(before))) held.set(name, depth);
  }
  return held;
}

/** Most columns of a table that are told to be missing. */
const MOST_MISSING = 10;

/** Columns of a table that are read here and that the environment does not have. */
export async function missingColumns(
  table: TableName,
  dataverse: Dataverse,
  deadline: Deadline,
): Promise<readonly string[]> {
  const missing: string[] = [];
  let left = selectOf(table).split(",");
  for (;;) {
    try {
      const what = `Reading the columns of the table ${definitionOf(table).label}`;
      await dataverse.ask(what, `${table}?$select=${left.join(",")}&$top=1`, deadline);
      return missing;
    } catch (error) {
      const name = error instanceof Fault ? unknownColumn(error) : undefined;
      if (name === undefined || !left.includes(name) || missing.length === MOST_MISSING) throw error;
      missing.push(name);
      left = left.filter((column) => column !== name);
    }
  }
}

/** Dataverse names the first that it does not know (OData's own words). */
function unknownColumn({ kind, account }: Fault): string | undefined {
  return kind === "invalid-input" ? /property named '(\w+)'/.exec(account)?.[1] : undefined;
}
