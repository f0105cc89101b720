import { randomUUID } from "node:crypto";
import type { Payload } from "./body.ts";
import { blank } from "./cells.ts";
import type { Change } from "./changes.ts";
import type { Place } from "./links.ts";
import { parsePayload } from "./payload.ts";
import { consequences, enforce, refuseOwnedMailbox } from "./rules.ts";
import { badRequest, ServiceError } from "./service-error.ts";
import { type DataverseState, findRow, now, type Row } from "./state.ts";
import { settleState } from "./states.ts";
import { requireMessage, type Table } from "./tables.ts";

/** Plans a new row. `key` is that of the address, for an upsert. */
export function planCreate(place: Place, table: Table, payload: Payload, key?: string): Change {
  const { state } = place;
  requireMessage(table, "Create");
  refuseOwnedMailbox(table.entity, payload);
  const set = parsePayload(place, table, "create", payload);
  const named = set[table.primaryId];
  // Assumption: key-in-payload.
  if (key !== undefined && named !== undefined && named !== key) {
    throw badRequest(`The value of '${table.primaryId}' is not the key of the address.`);
  }
  const id = String(key ?? named ?? randomUUID());
  if (findRow(state, table.entitySetName, table.primaryId, id)) throw alreadyThere();
  const row: Row = { ...blank(table, now()), ...set, [table.primaryId]: id };
  const name = table.properties.get(table.primaryName);
  // Assumption: required-on-create.
  if (name?.requiredLevel === "SystemRequired" && name.creatable !== false && row[table.primaryName] === null) {
    throw new ServiceError(400, "0x80040203", `Attribute: ${table.primaryName} is required.`);
  }
  const save = { state, before: undefined, set, after: row };
  settleState(table, save);
  enforce(table.entitySetName, save);
  return { kind: "insert", table, row };
}

/** Plans to save what a caller sets, by the rules of the service. */
export function planUpdate(place: Place, table: Table, row: Row, payload: Payload): Change {
  requireMessage(table, "Update");
  return planSave(place.state, table, row, parsePayload(place, table, "update", payload));
}

export function planSave(state: DataverseState, table: Table, row: Row, set: Readonly<Row>): Change {
  const cells: Row = { ...row, ...set };
  const save = { state, before: row, set, after: cells };
  settleState(table, save);
  enforce(table.entitySetName, save);
  consequences(table.entitySetName, save);
  return { kind: "update", table, row, cells };
}

export function alreadyThere(): ServiceError {
  return new ServiceError(412, "0x80040237", "A record with matching key values already exists.");
}
