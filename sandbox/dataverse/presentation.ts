import type { Cell, Row } from "./state.ts";
import { isWriteOnly, shadowOf, type Table } from "./tables.ts";

/** A row as callers may see it: write-only columns are null, their shadows tell whether they are set. */
export function view(table: Table, row: Row): Row {
  const hidden = table.columns.flatMap((column): [string, Cell][] =>
    isWriteOnly(column) && column.webApiName
      ? [
          [column.webApiName, null],
          [shadowOf(column), Boolean(row[column.webApiName])],
        ]
      : [],
  );
  return { ...row, ...Object.fromEntries(hidden) };
}

/** Weak, and the row's version: the service's own format. */
export function etagOf(row: Row): string {
  return `W/"${row["versionnumber"]}"`;
}

/** A row as an answer shows it: the selected columns, with version and annotations. */
export function present(table: Table, row: Row, select: readonly string[] | undefined): Record<string, Cell> {
  const wanted = select && new Set([...select, table.primaryId]);
  const readable = view(table, row);
  const cells = table.columns.flatMap((column): [string, Cell][] => {
    const name = column.webApiName;
    if (!name || (wanted && !wanted.has(name))) return [];
    const annotation = name === "_regardingobjectid_value" ? row["regardingobjecttypecode"] : undefined;
    return [
      [name, readable[name] ?? null],
      ...(annotation
        ? [[`${name}@Microsoft.Dynamics.CRM.lookuplogicalname`, annotation] satisfies [string, Cell]]
        : []),
    ];
  });
  return { "@odata.etag": etagOf(row), ...Object.fromEntries(cells) };
}
