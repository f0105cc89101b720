import type { HttpAnswer, HttpRequest } from "../http.ts";
import { nowOf } from "./clock.ts";
import { jsonAnswer } from "./refusal.ts";
import type { AccessToken, GoogleState } from "./state.ts";

/** Error answers of Google's APIs (google.rpc.Status as JSON). */
const STATUSES = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
} as const;

export function apiError(status: keyof typeof STATUSES, message: string, reason?: string): HttpAnswer {
  const code = STATUSES[status];
  const details = reason && [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "googleapis.com" }];
  return jsonAnswer(code, { error: { code, message, status, ...(details && { details }) } });
}

export const UNAUTHENTICATED = apiError(
  "UNAUTHENTICATED",
  "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
);

/** The token that a request carries; undefined where it is none, or none any more. */
export function bearer({ headers }: HttpRequest, state: GoogleState): AccessToken | undefined {
  const token = /^Bearer (\S+)$/.exec(headers["authorization"] ?? "")?.[1];
  return state.tokens.find((known) => known.token === token && known.expiresAt > nowOf(state));
}

export function hasScope({ scope }: AccessToken, ...accepted: readonly string[]): boolean {
  return scope.split(" ").some((one) => accepted.includes(one));
}

/** The JSON of a body; undefined where it is none. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
