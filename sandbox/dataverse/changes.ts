import { ownerSaved } from "./owners.ts";
import { type DataverseState, type Row, rowsOf, touch } from "./state.ts";
import type { Table } from "./tables.ts";

/** What a request does to the rows, planned before anything is done: who refuses a plan has changed nothing. */
export type Change =
  | { readonly kind: "insert"; readonly table: Table; readonly row: Row }
  | { readonly kind: "delete"; readonly table: Table; readonly row: Row }
  | { readonly kind: "update"; readonly table: Table; readonly row: Row; readonly cells: Readonly<Row> };

/** Carries a plan out; it cannot fail. */
export function commit(state: DataverseState, changes: readonly Change[]): void {
  for (const change of changes) {
    const { table, row } = change;
    const rows = rowsOf(state, table.entitySetName);
    if (change.kind === "delete") {
      rows.splice(rows.indexOf(row), 1);
      continue;
    }
    const before = { ...row };
    if (change.kind === "update") Object.assign(row, change.cells);
    else rows.push(row);
    touch(state, row);
    if (change.kind === "update") ownerSaved(state, table.entitySetName, before, row);
  }
}
