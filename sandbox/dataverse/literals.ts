import type { Cell } from "./state.ts";

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DATE_OR_MOMENT =
  /^(\d{4}-\d\d-\d\d)(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,12})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/** Milliseconds since 1970 of a date or a moment with its offset (OData 4.0 ABNF: dateValue, dateTimeOffsetValue). */
export function parseMoment(text: string): number | undefined {
  const day = DATE_OR_MOMENT.exec(text)?.[1];
  // JavaScript may take February 30 for a day of March.
  if (day === undefined || iso(Date.parse(`${day}T00:00:00Z`))?.startsWith(day) !== true) return undefined;
  const time = Date.parse(text);
  return iso(time) === undefined ? undefined : time;
}

/** Undefined beyond the years 0 to 9999, which are all that the format knows. */
function iso(time: number): string | undefined {
  const text = Number.isNaN(time) ? "" : new Date(time).toISOString();
  return text.length === "2026-01-01T00:00:00.000Z".length ? text : undefined;
}

/** What the service compares cells by. */
export type Comparable = string | number | null;

/** Text and ids without regard to case, as the service's collation does; moments by time, however they are written. */
export function comparable(cell: Cell, edmType: string | null): Comparable {
  if (typeof cell === "boolean") return Number(cell);
  if (typeof cell !== "string") return cell;
  return edmType === "Edm.DateTimeOffset" ? Date.parse(cell) : cell.toLowerCase();
}

/** Null comes first, as in the service's database. */
export function compare(a: Comparable, b: Comparable): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}
