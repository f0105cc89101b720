import type { Change } from "./changes.ts";
import { ServiceError } from "./service-error.ts";
import { type DataverseState, type Row, rowsOf } from "./state.ts";
import { requireMessage, type Table, tables } from "./tables.ts";

/** Plans to delete a row as a caller may, and with it what hangs on it. */
export function planRemoval(state: DataverseState, table: Table, row: Row): Change[] {
  requireMessage(table, "Delete");
  if (table.entity === "mailbox" && row["_regardingobjectid_value"] !== null) {
    throw new ServiceError(400, "0x8005e200", "The mailbox associated to a user or a queue cannot be deleted.");
  }
  return taking(state, table, row);
}

/** Rows that point to the deleted one lose their link (RemoveLink) or go with it (Cascade: a queue's mailbox). */
export function taking(state: DataverseState, table: Table, row: Row): Change[] {
  const changes: Change[] = [{ kind: "delete", table, row }];
  for (const other of tables.values()) {
    for (const { referencedEntity, referencingAttribute, onDeleteOfReferenced } of other.relationships) {
      const column = other.columns.find(({ name }) => name === referencingAttribute)?.webApiName;
      if (referencedEntity !== table.entity || !column) continue;
      for (const pointing of rowsOf(state, other.entitySetName).filter((r) => r[column] === row[table.primaryId])) {
        if (onDeleteOfReferenced === "Cascade") changes.push(...taking(state, other, pointing));
        if (onDeleteOfReferenced === "RemoveLink")
          changes.push({ kind: "update", table: other, row: pointing, cells: { [column]: null } });
      }
    }
  }
  return changes;
}
