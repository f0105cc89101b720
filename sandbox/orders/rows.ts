import { commit } from "../dataverse/changes.ts";
import { presenter } from "../dataverse/presentation.ts";
import { planRemoval, taking } from "../dataverse/removal.ts";
import { type Cell, type Row, rowsOf } from "../dataverse/state.ts";
import { type Table, tables } from "../dataverse/tables.ts";
import { planUpdate } from "../dataverse/writes.ts";
import { oneOf, type Parameters, Unknown } from "../order.ts";
import type { World } from "../world.ts";

function tableOf(set: string): Table {
  const table = tables.get(set);
  if (!table) throw new Unknown(`no table ${set}`);
  return table;
}

/** Rows as a caller may see them. */
export function shown(world: World, set: string): unknown[] {
  return rowsOf(world.dataverse, set).map(presenter(world.dataverse, tableOf(set), {}));
}

/** The rows of which a column has a value, in any case of letters; at least one. */
export function rowsNamed(world: World, set: string, column: string, name: string): Row[] {
  const rows = rowsOf(world.dataverse, set).filter((row) => String(row[column]).toLowerCase() === name.toLowerCase());
  if (rows.length === 0) throw new Unknown(`no row of ${set} has ${column} ${name}`);
  return rows;
}

/** Saves columns in all of the rows, by the rules of the service, or in none. */
export function saveRows(world: World, set: string, rows: readonly Row[], cells: Readonly<Record<string, Cell>>): void {
  const { dataverse: state, environmentUrl } = world;
  commit(
    state,
    rows.map((row) => planUpdate({ state, environmentUrl }, tableOf(set), row, cells)),
  );
}

/** Sets columns, given as texts, in all rows of a name. */
export function setRows(world: World, set: string, column: string, name: string, values: Parameters): unknown {
  const table = tableOf(set);
  const rows = rowsNamed(world, set, column, name);
  const cells = Object.fromEntries(Object.entries(values).map(([key, text]) => typedCell(world, table, key, text)));
  saveRows(world, set, rows, cells);
  return rows.map(presenter(world.dataverse, table, {}));
}

/** Deletes all rows of a name as a caller may. */
export function deleteRows({ dataverse }: World, set: string, rows: readonly Row[]): void {
  for (const row of rows) commit(dataverse, planRemoval(dataverse, tableOf(set), row));
}

/** Deletes a row that no caller may delete, and with it what hangs on it. */
export function takeRow({ dataverse }: World, set: string, row: Row): void {
  commit(dataverse, taking(dataverse, tableOf(set), row));
}

/** `column=value` of a command line as the Web API wants it; a profile may be given by its name, an empty one is none. */
function typedCell(world: World, table: Table, column: string, text: string): [string, Cell] {
  if (column === "profile") {
    const profile = rowsOf(world.dataverse, "emailserverprofiles").find((row) => row["name"] === text);
    if (text !== "" && !profile) throw new Unknown(`no profile ${text}`);
    const navigation = table.entity === "organization" ? "defaultemailserverprofileid" : "emailserverprofile";
    return [`${navigation}@odata.bind`, profile ? `/emailserverprofiles(${profile["emailserverprofileid"]})` : null];
  }
  const type = table.columns.find(({ webApiName }) => webApiName === column)?.edmType ?? "";
  if (text === "null") return [column, null];
  if (type === "Edm.Boolean") return [column, oneOf(column, text, ["true", "false"]) === "true"];
  const number = (type === "Edm.Int32" || type === "Edm.Int64") && /^-?\d+$/.test(text);
  return [column, number ? Number(text) : text];
}
