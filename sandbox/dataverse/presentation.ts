import type { Cell, Row } from "./state.ts";
import { isWriteOnly, shadowOf, type Table } from "./tables.ts";

/** A row as an answer shows it: write-only columns as null, whether they are set by their shadows. */
export function present(table: Table, row: Row, select: readonly string[] | undefined): Record<string, Cell> {
  const wanted = select && new Set([...select, table.primaryId]);
  const shadows = new Map(
    table.columns.flatMap((column): [string, Cell][] =>
      isWriteOnly(column) && column.webApiName ? [[shadowOf(column), Boolean(row[column.webApiName])]] : [],
    ),
  );
  const cells = table.columns.flatMap((column): [string, Cell][] => {
    const name = column.webApiName;
    if (!name || (wanted && !wanted.has(name))) return [];
    if (isWriteOnly(column)) return [[name, null]];
    const annotation = name === "_regardingobjectid_value" ? row["regardingobjecttypecode"] : undefined;
    return [
      [name, shadows.get(name) ?? row[name] ?? null],
      ...(annotation
        ? [[`${name}@Microsoft.Dynamics.CRM.lookuplogicalname`, annotation] satisfies [string, Cell]]
        : []),
    ];
  });
  return { "@odata.etag": `W/"${row["versionnumber"]}"`, ...Object.fromEntries(cells) };
}
