import { randomBytes } from "node:crypto";
import { onItsClock } from "../clock.ts";
import { nowOf } from "./clock.ts";
import { type AccessToken, type GmailAccount, type GoogleState, MAIL_SCOPE, SEED_CLIENT_ID } from "./state.ts";

/** Access tokens that are kept; beyond it the oldest die, as if they had expired. */
const TOKEN_LIMIT = 10_000;
const MAIL_TOKEN_LIFE_MS = 3_600_000;

/** Keeps a token that was issued; those that have expired go. */
export function remember(state: GoogleState, issued: AccessToken): void {
  const now = nowOf(state);
  const alive = state.tokens.filter((token) => token.expiresAt > now);
  const kept = { ...issued, expiresAt: onItsClock(issued.expiresAt) };
  state.tokens = [...alive.slice(Math.max(0, alive.length - TOKEN_LIMIT + 1)), kept];
}

/** Issues a token that opens an account for mail, as if its user had signed in just now. */
export function issueMailToken(state: GoogleState, { address }: GmailAccount): string {
  const token = `ya29.sandbox-${randomBytes(24).toString("base64url")}`;
  const expiresAt = nowOf(state) + MAIL_TOKEN_LIFE_MS;
  remember(state, { token, address, clientId: SEED_CLIENT_ID, scope: MAIL_SCOPE, expiresAt });
  return token;
}
