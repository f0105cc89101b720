import type { Cell, Row } from "./state.ts";
import { type Column, isWriteOnly, shadowOf, type Table } from "./tables.ts";

/** A cell as callers may see it. */
export type Read = (row: Row) => Cell;

/** Write-only columns are null, and their shadows tell whether they are set. */
export function reader(table: Table, { webApiName: name }: Column): Read {
  const secret = table.columns.find((column) => isWriteOnly(column) && shadowOf(column) === name)?.webApiName;
  if (secret) return (row) => Boolean(row[secret]);
  const column = name === null ? undefined : table.properties.get(name);
  if (name === null || !column || isWriteOnly(column)) return () => null;
  return (row) => row[name] ?? null;
}

/** A new row with the documented defaults. */
export function blank(table: Table, createdOn: string): Row {
  return Object.fromEntries(
    table.columns.flatMap(({ webApiName, default: value, type, name }): [string, Cell][] => {
      if (!webApiName) return [];
      if (name === "createdon" || name === "modifiedon") return [[webApiName, createdOn]];
      return [[webApiName, value ?? (type === "Boolean" ? false : null)]];
    }),
  );
}
