import { ServiceError } from "./service-error.ts";
import { type DataverseState, type Row, rowsOf, touch } from "./state.ts";
import { type Table, tables } from "./tables.ts";

/** Assumption: 405 and the code, as for other tables whose message is missing. */
const KEPT = new Set(["organization", "systemuser"]);

/** Deletes a row as a caller may, and with it what hangs on it. */
export function deleteRow(state: DataverseState, table: Table, row: Row): void {
  if (table.entity === "mailbox" && row["_regardingobjectid_value"] !== null) {
    throw new ServiceError(400, "0x8005e200", "The mailbox associated to a user or a queue cannot be deleted.");
  }
  if (KEPT.has(table.entity)) {
    throw new ServiceError(
      405,
      "0x80040800",
      `The 'Delete' method does not support entities of type '${table.entity}'.`,
    );
  }
  take(state, table, row);
}

/** Rows that point to the deleted one lose their link (RemoveLink) or go with it (Cascade: a queue's mailbox). */
function take(state: DataverseState, table: Table, row: Row): void {
  const rows = rowsOf(state, table.entitySetName);
  rows.splice(rows.indexOf(row), 1);
  for (const other of tables.values()) {
    for (const { referencedEntity, referencingAttribute, onDeleteOfReferenced } of other.relationships) {
      const column = other.columns.find(({ name }) => name === referencingAttribute)?.webApiName;
      if (referencedEntity !== table.entity || !column) continue;
      for (const pointing of rowsOf(state, other.entitySetName).filter((r) => r[column] === row[table.primaryId])) {
        if (onDeleteOfReferenced === "Cascade") take(state, other, pointing);
        if (onDeleteOfReferenced !== "RemoveLink") continue;
        pointing[column] = null;
        touch(state, pointing);
      }
    }
  }
}
