import { BUSINESS_UNIT, depthOf, privilegeId } from "./access.ts";
import { type Call, contextOf, found, type Outcome } from "./call.ts";
import { existing } from "./reads.ts";
import { badRequest } from "./service-error.ts";
import type { Table } from "./tables.ts";

/** Those of the named privileges that a user holds, with their depths. Assumption: privileges-by-names. */
export function privilegesByNames(call: Call, table: Table, id: string, alias: string): Outcome {
  const user = existing(call.state, table, id);
  const RolePrivileges = namesIn(call.options.aliases.get(alias)).flatMap((name) => {
    const depth = depthOf(call.state, user, name);
    return depth === undefined
      ? []
      : [{ Depth: depth, PrivilegeId: privilegeId(name), BusinessUnitId: BUSINESS_UNIT, PrivilegeName: name }];
  });
  const context = contextOf(call, "Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNamesResponse");
  return found({ status: 200, body: { "@odata.context": context, RolePrivileges } });
}

function namesIn(text: string | undefined): readonly string[] {
  try {
    const names: unknown = JSON.parse(text ?? "");
    if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  } catch {
    // Told below.
  }
  throw badRequest("Bad Request - Error in query syntax.");
}
