import { sign } from "node:crypto";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { apiError, bearer, hasScope, UNAUTHENTICATED } from "./google-api.ts";
import { jsonAnswer } from "./refusal.ts";
import type { GoogleState } from "./state.ts";

const PATH = /^\/v1\/projects\/-\/serviceAccounts\/([^/]+):signJwt$/;
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/**
 * `POST /v1/projects/-/serviceAccounts/{email}:signJwt` (IAM Service Account Credentials API). Assumption: an account that
 * does not exist is refused like one that may not be used.
 */
export function signJwt(request: HttpRequest, state: GoogleState): HttpAnswer {
  const email = PATH.exec(decodeURIComponent(request.url.pathname))?.[1];
  if (email === undefined) return apiError("NOT_FOUND", "Method not found.");
  const caller = bearer(request, state);
  if (!caller) return UNAUTHENTICATED;
  const account = state.serviceAccounts.find((known) => known.email === email);
  if (!hasScope(caller, SCOPE) || !account?.privateKey || !account.tokenCreators?.includes(caller.address)) {
    return apiError(
      "PERMISSION_DENIED",
      "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist).",
    );
  }
  const payload = payloadOf(request.body);
  if (payload === undefined) return apiError("INVALID_ARGUMENT", "Request contains an invalid argument.");
  const encode = (text: string) => Buffer.from(text).toString("base64url");
  const unsigned = `${encode(JSON.stringify({ alg: "RS256", kid: "sandbox", typ: "JWT" }))}.${encode(payload)}`;
  const signature = sign("RSA-SHA256", Buffer.from(unsigned), account.privateKey).toString("base64url");
  return jsonAnswer(200, { keyId: "sandbox", signedJwt: `${unsigned}.${signature}` });
}

/** The claims, as a JSON object in a string; `exp` at most 12 hours ahead. */
function payloadOf(body: string): string | undefined {
  try {
    const payload: unknown = Reflect.get(Object(JSON.parse(body)), "payload");
    if (typeof payload !== "string") return undefined;
    const exp: unknown = Reflect.get(Object(JSON.parse(payload)), "exp");
    return typeof exp === "number" && exp <= Date.now() / 1000 + 12 * 3600 ? payload : undefined;
  } catch {
    return undefined;
  }
}
