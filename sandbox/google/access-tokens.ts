import { onItsClock } from "../clock.ts";
import { nowOf } from "./clock.ts";
import type { AccessToken, GoogleState } from "./state.ts";

/** Access tokens that are kept; beyond it the oldest die, as if they had expired. */
const TOKEN_LIMIT = 10_000;

/** Keeps a token that was issued; those that have expired go. */
export function remember(state: GoogleState, issued: AccessToken): void {
  const now = nowOf(state);
  const alive = state.tokens.filter((token) => token.expiresAt > now);
  const kept = { ...issued, expiresAt: onItsClock(issued.expiresAt) };
  state.tokens = [...alive.slice(Math.max(0, alive.length - TOKEN_LIMIT + 1)), kept];
}
