import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from "jose";
import { onItsClock } from "../clock.ts";
import { EntraRefusal } from "./refusal.ts";

export interface Assertion {
  readonly jwt: string;
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload;
}

/** Milliseconds that clocks may differ. Assumption: assertion-clock-skew. */
const SKEW_MS = 300_000;

export function readAssertion(jwt: string): Assertion {
  try {
    const [header, claims] = [decodeProtectedHeader(jwt), decodeJwt(jwt)];
    if (header.typ !== undefined && !["JWT", "http://openid.net/specs/jwt/1.0"].includes(header.typ))
      throw new EntraRefusal(
        5002727,
        "Invalid JWT header type specified, must be 'JWT' or 'http://openid.net/specs/jwt/1.0'.",
      );
    return { jwt, header, claims };
  } catch (error) {
    if (error instanceof EntraRefusal) throw error;
    throw new EntraRefusal(50027, "JWT token is invalid or malformed.");
  }
}

/** Refuses an assertion before and after its time (RFC 7519 section 4.1), by the clock that the service has without `clock` of the sandbox. */
export function requireInTime({ nbf, exp }: JWTPayload): void {
  const now = onItsClock(Date.now());
  const [from, until] = [(nbf ?? 0) * 1000, (exp ?? 0) * 1000];
  if (from <= now + SKEW_MS && until > now - SKEW_MS) return;
  throw new EntraRefusal(
    700024,
    `Client assertion is not within its valid time range. Current time: ${shown(now)}, assertion valid from ${shown(from)}, expiry time of assertion ${shown(until)}. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials.`,
  );
}

function shown(moment: number): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? "never" : date.toISOString();
}
