import type { Comparable } from "./literals.ts";
import { badRequest } from "./service-error.ts";

/** Where a page ended. By the last row's values and not by a count, so that rows that come or go meanwhile move nothing. */
export interface Cursor {
  /** From 2. */
  readonly page: number;
  /** The page size that the first page was asked with; null for the service's own. */
  readonly size: number | null;
  /** How many rows `$top` leaves for this page and those after it; null for all. */
  readonly left: number | null;
  /** The columns that the rows are in order by, and their values in the last row. */
  readonly by: readonly string[];
  readonly last: readonly Comparable[];
}

/** Outside as the service writes it, inside our own: clients are not to look. */
export function skipToken(cursor: Cursor): string {
  const inside = encodeURIComponent(JSON.stringify(cursor));
  return `<cookie pagenumber="${cursor.page}" pagingcookie="${inside}" istracking="False" />`;
}

/** The cursor of a `$skiptoken`, which has to be one of a query with this order. */
export function parseSkipToken(token: string, by: readonly string[]): Cursor {
  const inside = /^<cookie pagenumber="\d{1,9}" pagingcookie="([^"]*)" istracking="False" \/>$/.exec(token)?.[1];
  try {
    const value: unknown = JSON.parse(decodeURIComponent(inside ?? ""));
    if (isCursor(value) && value.by.join() === by.join() && value.last.length === by.length) return value;
  } catch {
    // Told below.
  }
  // The words are the service's. Assumption: malformed-paging-cookie.
  throw badRequest("Malformed XML in the Paging Cookie");
}

function isCursor(value: unknown): value is Cursor {
  if (typeof value !== "object" || value === null) return false;
  const { page, size, left, by, last }: Partial<Record<string, unknown>> = { ...value };
  return (
    isCount(page) &&
    (size === null || isCount(size)) &&
    (left === null || isCount(left)) &&
    Array.isArray(by) &&
    by.every((name) => typeof name === "string") &&
    Array.isArray(last) &&
    last.every((cell) => cell === null || typeof cell === "string" || typeof cell === "number")
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
