/**
 * `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3), which is one of the clock that the answer's own `Date` shows; undefined
 * where it is neither.
 */
export function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  if (/^\s*\d{1,9}(\.\d+)?\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  const now = Date.parse(headers["date"] ?? "") || Date.now();
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
