import { guidOf } from "../ids.ts";
import type { Change } from "./changes.ts";
import { APPROVE, DEPTHS, type Depth, PRIVILEGE_IDS, SECURABLES, type Verb } from "./privileges.ts";
import { ServiceError } from "./service-error.ts";
import { type DataverseState, type Row, rowsOf } from "./state.ts";
import { type Table, tableOfEntity } from "./tables.ts";

/** The only business unit. */
export const BUSINESS_UNIT = "00000000-0000-4000-8000-000000000001";

/** What a request does to one table, as far as its privileges go. */
export interface Deed {
  readonly verb: Verb;
  readonly table: Table;
  /** The row that is there already. */
  readonly row?: Row | undefined;
}

/** The application user of a client id, if it may come in at all. Assumption: admission-refusals. */
export function admitted(state: DataverseState, clientId: string): Row {
  const user = rowsOf(state, "systemusers").find((row) => row["applicationid"] === clientId);
  if (!user) throw new ServiceError(403, "0x80072560", "The user is not a member of the organization.");
  const id = user["systemuserid"];
  if (user["isdisabled"] === true)
    throw new ServiceError(
      403,
      "0x80040225",
      `The specified user(Id = ${id}) is disabled. Consider enabling this user. Additional Details: `,
    );
  if (rolesOf(state, user).length === 0)
    throw new ServiceError(403, "0x80042f09", `The user (Id = ${id}) has not been assigned any roles.`);
  return user;
}

/** Refuses what the user's roles do not allow: first without the privilege, then where its depth does not reach the row. */
export function permit(state: DataverseState, user: Row, { verb, table, row }: Deed): void {
  const privilege = privilegeOf(verb, table);
  if (privilege === undefined) return;
  const depth = depthOf(state, user, privilege);
  if (depth === undefined) throw new ServiceError(403, "0x80040220", missing(state, user, privilege, table.entity));
  if (row && !reaches(depth, user, row)) throw new ServiceError(403, "0x80048306", outOfReach(user, verb, table, row));
}

/**
 * Refuses links that the user may not make, and approvals; what is left of the change. Taking a link away needs nothing more than the
 * write.
 */
export function permitted(state: DataverseState, user: Row, change: Change): Change {
  if (change.kind === "delete") return change;
  const { table, row } = change;
  const [before, after] = change.kind === "insert" ? [{}, row] : [row, change.cells];
  for (const target of newLinks(table, before, after)) {
    permit(state, user, { verb: "Append", table, row: change.kind === "insert" ? undefined : row });
    permit(state, user, { verb: "AppendTo", table: target });
  }
  const approval = after["emailrouteraccessapproval"];
  const decides = (approval === 1 || approval === 3) && before["emailrouteraccessapproval"] !== approval;
  if (!decides || depthOf(state, user, APPROVE) !== undefined) return change;
  // Assumption: approval-without-privilege.
  if (state.behaviour.approval === "silentWithoutPrivilege" && change.kind === "update")
    return { ...change, cells: { ...after, emailrouteraccessapproval: before["emailrouteraccessapproval"] ?? 0 } };
  throw new ServiceError(403, "0x80040220", missingElsewhere(state, user, APPROVE));
}

/** Of a table, the rows that the user may read; the others are left out in silence. */
export function readable(state: DataverseState, user: Row, table: Table): readonly Row[] {
  const privilege = privilegeOf("Read", table);
  const depth = privilege && depthOf(state, user, privilege);
  const rows = rowsOf(state, table.entitySetName);
  return depth === "Basic" ? rows.filter((row) => reaches(depth, user, row)) : rows;
}

/** Undefined where the table has no such privilege: nothing is checked then. */
function privilegeOf(verb: Verb, { entity }: Table): string | undefined {
  const securable = SECURABLES[entity];
  return securable?.verbs.includes(verb) ? `prv${verb}${securable.name}` : undefined;
}

function rolesOf({ roles }: DataverseState, user: Row) {
  return roles.filter(({ holders }) => holders.includes(String(user["systemuserid"])));
}

/** The greatest depth at which any role of the user gives the privilege. */
export function depthOf(state: DataverseState, user: Row, privilege: string): Depth | undefined {
  const held = rolesOf(state, user).map(({ privileges }) => privileges[privilege]);
  return DEPTHS.findLast((depth) => held.includes(depth));
}

/** With one business unit, whoever holds more than `Basic` reaches every row. */
function reaches(depth: Depth, user: Row, row: Row): boolean {
  return depth !== "Basic" || row["_ownerid_value"] === user["systemuserid"];
}

/** Tables to which links are set that were not there. */
function newLinks(table: Table, before: Readonly<Row>, after: Readonly<Row>): Table[] {
  return table.relationships.flatMap(({ referencingAttribute, referencedEntity }) => {
    const column = table.columns.find(({ name }) => name === referencingAttribute)?.webApiName ?? "";
    const target = tableOfEntity(referencedEntity);
    const value = after[column] ?? null;
    return target && value !== null && value !== before[column] ? [target] : [];
  });
}

function missing(state: DataverseState, user: Row, privilege: string, entity: string): string {
  const id = user["systemuserid"];
  const roles = rolesOf(state, user);
  const count = new Set(roles.flatMap(({ privileges }) => Object.keys(privileges))).size;
  return `Principal user (Id=${id}, type=8, roleCount=${roles.length}, privilegeCount=${count}, accessMode='4 Non-interactive', MetadataCachePrivilegesCount=5214, businessUnitId=${BUSINESS_UNIT}), is missing ${privilege} privilege (Id=${privilegeId(privilege)}) on OTC=${SECURABLES[entity]?.objectTypeCode} for entity '${entity}' (LocalizedName='${SECURABLES[entity]?.name}'). context.Caller=${id}. Consider adding missed privilege to one of the principal (user/team) roles.`;
}

/** Privileges that belong to no table. */
function missingElsewhere(state: DataverseState, user: Row, privilege: string): string {
  const count = new Set(rolesOf(state, user).flatMap(({ privileges }) => Object.keys(privileges))).size;
  return `SecLib::CheckPrivilege failed. User: ${user["systemuserid"]}, PrivilegeName: ${privilege}, PrivilegeId: ${privilegeId(privilege)}, Required Depth: Basic, BusinessUnitId: ${BUSINESS_UNIT}, MetadataCache Privileges Count: 5798, User Privileges Count: ${count}`;
}

function outOfReach(user: Row, verb: Verb, { entity, primaryId }: Table, row: Row): string {
  return `SecLib::AccessCheckEx failed. Returned hr = -2147187962, ObjectID: ${row[primaryId]}, OwnerId: ${row["_ownerid_value"]},  OwnerIdType: 8 and CallingUser: ${user["systemuserid"]}. ObjectTypeCode: ${SECURABLES[entity]?.objectTypeCode}, objectBusinessUnitId: ${BUSINESS_UNIT}, AccessRights: ${verb}Access `;
}

export function privilegeId(privilege: string): string {
  return PRIVILEGE_IDS[privilege] ?? guidOf(`privilege ${privilege}`);
}
