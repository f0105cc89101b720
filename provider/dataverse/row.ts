import { Fault } from "../fault.ts";
import { isJson, type Json } from "../json.ts";
import { type ColumnKind, kinds } from "./columns.ts";
import { definitionOf, type TableName, type Tables } from "./tables.ts";

const ETAG = "@odata.etag";

/**
 * Longest text of a column that is kept, in characters: what Dynamics writes of an error is shorter, and its beginning says it. More than is
 * looked at where it is shown, so that a secret which is cut in two here is seen by nobody.
 */
const TEXT_LIMIT = 64 * 1024;

/** What is read of a row, and nothing of the rest: an answer is forgotten with its size. */
export function reduced(table: TableName, answer: Json): Json {
  const names = [ETAG, ...Object.keys(definitionOf(table).columns)];
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(answer, name) ? [[name, small(answer[name])]] : [])),
  );
}

/** Most of all rows together that are kept: 20,000 mailboxes have fewer. */
export const MOST_CHARACTERS = 8 * 1024 * 1024;

export function charactersOf(row: Json): number {
  return Object.values(row).reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : 8), 0);
}

/** No column has a list or an object: of these only that they were there is kept. */
function small(value: unknown): unknown {
  if (typeof value === "string") return value.length > TEXT_LIMIT ? copied(value.slice(0, TEXT_LIMIT)) : value;
  if (Array.isArray(value)) return [];
  return isJson(value) ? {} : value;
}

/** A part of a text keeps the whole text alive; this does not. */
function copied(part: string): string {
  return Buffer.from(part, "utf16le").toString("utf16le");
}

/** A row of an answer, every column checked against its kind. */
export function readRow<T extends TableName>(table: T, answer: Json, what: string): Tables[T] {
  const { columns } = definitionOf(table);
  const row: Record<string, unknown> = { etag: kinds.string(answer[ETAG]) };
  for (const [name, kind] of Object.entries(columns)) row[name] = kinds[kind](answer[name]);
  if (isRow(table, row)) return row;
  const [wrong, kind] = wrongColumn(table, row) ?? [ETAG, "string"];
  throw new Fault({
    kind: "unexpected",
    what: `${what}: Dataverse answered with ${describe(answer[wrong])} for ${wrong}, which should be ${EXPECTED[kind]}`,
  });
}

function isRow<T extends TableName>(table: T, row: object): row is Tables[T] {
  return Reflect.get(row, "etag") !== undefined && wrongColumn(table, row) === undefined;
}

/** The first column that has no value: its kind did not allow the one in the answer. */
function wrongColumn(table: TableName, row: object): [string, ColumnKind] | undefined {
  return Object.entries(definitionOf(table).columns).find(([name]) => Reflect.get(row, name) === undefined);
}

const EXPECTED: Readonly<Record<ColumnKind, string>> = {
  string: "text",
  "string?": "text or null",
  "line?": "text or null",
  annotation: "text or absent",
  integer: "a whole number",
  "integer?": "a whole number or null",
  off: "true or false",
  on: "true or false",
  guid: "a GUID",
  lookup: "a GUID or null",
  "date?": "a date or null",
};

/** The kind of a value, never the value itself. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

/**
 * Whether the row holds what was written. Undefined where it cannot be known: columns that are not read, or never given
 * back (secrets).
 */
export function carries(table: TableName, row: object, written: Json): boolean | undefined {
  const { columns } = definitionOf(table);
  const cells: Json = { ...row };
  const answers = Object.entries(written).map(([name, value]) => {
    const [, lookup] = /^(.+)@odata\.bind$/.exec(name) ?? [];
    const column = lookup ? `_${lookup}_value` : name;
    if (!(column in columns)) return undefined;
    return same(cells[column], lookup && typeof value === "string" ? /\(([^()]+)\)$/.exec(value)?.[1] : value);
  });
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}

/** GUIDs are the same in any case, dates in any notation. */
function same(cell: unknown, value: unknown): boolean {
  if (typeof cell !== "string" || typeof value !== "string" || cell === value) return cell === value;
  const moment = kinds["date?"](cell) === cell && kinds["date?"](value) === value;
  const guid = kinds.guid(cell) && kinds.guid(value);
  return moment ? Date.parse(cell) === Date.parse(value) : Boolean(guid) && cell.toLowerCase() === value.toLowerCase();
}
