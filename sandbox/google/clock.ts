import type { GoogleState } from "./state.ts";

/** Google's own time in milliseconds since 1970, which can be moved ahead of the machine's. */
export function nowOf({ clockOffsetMs }: GoogleState): number {
  return Date.now() + clockOffsetMs;
}
