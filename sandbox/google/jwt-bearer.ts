import { randomBytes, verify } from "node:crypto";
import { nowOf } from "./clock.ts";
import { findAccount } from "./mail-access.ts";
import type { Refusal } from "./refusal.ts";
import type { AccessToken, GoogleState, ServiceAccount } from "./state.ts";

/** RFC 7523 §2.1 */
export const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const AUDIENCE = "https://oauth2.googleapis.com/token";
/** Seconds that an assertion may live, and that clocks may differ. */
const LONGEST_LIFE = 3600;
const CLOCK_SKEW = 300;
const LIFETIME_MS = 3599_000;

const UNAUTHORIZED: Refusal = {
  status: 401,
  error: "unauthorized_client",
  description:
    "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.",
};

/** A signed assertion of a service account for one of the organisation's users (domain-wide delegation). */
export function assertion(jwt: string | undefined, state: GoogleState): Refusal | AccessToken {
  if (jwt === undefined)
    return { status: 400, error: "invalid_request", description: "Missing required parameter: assertion" };
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const claims = decode(payload);
  const account = state.serviceAccounts.find(({ email }) => email === claims["iss"]);
  if (!account) return invalidGrant("Invalid grant: account not found");
  // The key is found by the issuer: Google's own library sends no key id.
  const { publicKey } = account;
  const signed =
    publicKey !== undefined &&
    verify("RSA-SHA256", Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, "base64url"));
  if (!signed) return invalidGrant("Invalid JWT Signature.");
  if (claims["aud"] !== AUDIENCE) return invalidGrant("Invalid JWT: Failed audience check.");
  const [iat, exp, now] = [Number(claims["iat"]), Number(claims["exp"]), Date.now() / 1000];
  if (!(iat <= now + CLOCK_SKEW && exp > now - CLOCK_SKEW && exp - iat <= LONGEST_LIFE)) {
    return invalidGrant("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.");
  }
  const scopes = String(claims["scope"] ?? "").split(" ");
  // Without a user the assertion is for the service account itself.
  if (claims["sub"] === undefined || claims["sub"] === account.email)
    return issued(account.email, account, scopes, state);
  if (!scopes.every((scope) => account.delegatedScopes.includes(scope))) return UNAUTHORIZED;
  const subject = findAccount(state, String(claims["sub"] ?? ""));
  if (!subject) return invalidGrant("Invalid email or User ID");
  return issued(subject.address, account, scopes, state);
}

function issued(
  address: string,
  { email }: ServiceAccount,
  scopes: readonly string[],
  state: GoogleState,
): AccessToken {
  return {
    token: `ya29.sandbox-${randomBytes(24).toString("base64url")}`,
    address,
    clientId: email,
    scope: scopes.join(" "),
    expiresAt: nowOf(state) + LIFETIME_MS,
  };
}

function invalidGrant(description: string): Refusal {
  return { status: 400, error: "invalid_grant", description };
}

function decode(payload: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}
