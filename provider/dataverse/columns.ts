import { onOneLine } from "../fault.ts";
import { isGuid } from "../schema/guid.ts";

/**
 * How a column of each kind is read from an answer; undefined means that the value is of another kind. A question mark
 * marks columns that can be null. Two-option columns are null in rows that are older than the column: `on` and `off`
 * name the default that holds then.
 */
export const kinds = {
  string: (value: unknown) => (typeof value === "string" ? value : undefined),
  "string?": (value: unknown) => nullableText(value),
  /** A text that messages name things by: on one line, whatever the service has. */
  "line?": (value: unknown) => (typeof value === "string" ? onOneLine(value) : nullableText(value)),
  integer: (value: unknown) => (isInteger(value) ? value : undefined),
  "integer?": (value: unknown) => (value === null || isInteger(value) ? value : undefined),
  off: (value: unknown) => option(value, false),
  on: (value: unknown) => option(value, true),
  guid: (value: unknown) => guid(value),
  /** Absent where there is nothing to annotate. */
  annotation: (value: unknown) => (value === undefined ? null : nullableText(value)),
  /** The id of a row of another table. */
  lookup: (value: unknown) => (value === null ? null : guid(value)),
  /** ISO 8601 in UTC. Never-set ones may be the year 1900 instead of null. */
  "date?": (value: unknown) => (value === null || isDate(value) ? value : undefined),
} as const satisfies Readonly<Record<string, (value: unknown) => string | number | boolean | null | undefined>>;

export type ColumnKind = keyof typeof kinds;
export type ValueOf<K extends ColumnKind> = Exclude<ReturnType<(typeof kinds)[K]>, undefined>;

function nullableText(value: unknown): string | null | undefined {
  return value === null || typeof value === "string" ? value : undefined;
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function option(value: unknown, unset: boolean): boolean | undefined {
  return value === null ? unset : typeof value === "boolean" ? value : undefined;
}

function guid(value: unknown): string | undefined {
  return typeof value === "string" && isGuid(value) ? value : undefined;
}

function isDate(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value));
}
