import type { Save } from "./rules.ts";
import { ServiceError } from "./service-error.ts";
import type { Table } from "./tables.ts";

/** Status reasons by state, the state's default first. */
const STATUSES: Readonly<Record<number, readonly number[]>> = { 0: [1], 1: [2] };

/**
 * A state that is set takes its default status along, unless that is set with it; a status of another state is refused.
 * Assumption: status-of-other-state.
 */
export function settleState({ entity, primaryId, properties }: Table, { set, after }: Save): void {
  const named = set["statecode"] !== undefined || set["statuscode"] !== undefined;
  if (!named || !properties.has("statecode") || !properties.has("statuscode")) return;
  const { statecode: state = null, statuscode: status = null } = after;
  const allowed = STATUSES[Number(state)] ?? [];
  if (set["statecode"] !== undefined && set["statuscode"] === undefined) {
    after["statuscode"] = allowed[0] ?? null;
    return;
  }
  if (typeof status === "number" && allowed.includes(status)) return;
  const label = properties.get("statecode")?.options?.[Number(state)];
  throw new ServiceError(
    400,
    "0x80048408",
    `${status} is not a valid status code for state code ${label} on ${entity} with Id ${after[primaryId]}.`,
  );
}
