import { Type } from "typebox";

/** A time as people write it: `90s`, `30m`, `2h`; days are for what may take so long. */
export const duration = (description: string) =>
  Type.String({ description, pattern: "^[1-9][0-9]{0,4}(s|m|h)$", form: "a time such as 90s, 30m or 2h" });

/** Its milliseconds; nothing is no time at all. */
export function durationMs(text: string | undefined): number {
  const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[text?.at(-1) ?? ""] ?? 0;
  return Number.parseInt(text ?? "0", 10) * unit;
}
