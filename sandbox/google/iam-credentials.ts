import { randomBytes, sign } from "node:crypto";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { remember } from "./access-tokens.ts";
import { nowOf } from "./clock.ts";
import { apiError, bearer, hasScope, parsed, UNAUTHENTICATED } from "./google-api.ts";
import { jsonAnswer } from "./refusal.ts";
import { ensureKey } from "./service-account-key.ts";
import type { AccessToken, GoogleState, ServiceAccount } from "./state.ts";

const PATH = /^\/v1\/projects\/-\/serviceAccounts\/([^/]+):(signJwt|generateAccessToken)$/;
const LIFETIME_MS = 3600_000;
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/**
 * IAM Service Account Credentials API, for those who hold roles/iam.serviceAccountTokenCreator.
 * Assumption: unknown-service-account.
 */
export function iamCredentials(request: HttpRequest, state: GoogleState): HttpAnswer {
  const [, email, method] = PATH.exec(decodeURIComponent(request.url.pathname)) ?? [];
  if (email === undefined) return apiError("NOT_FOUND", "Method not found.");
  const caller = bearer(request, state);
  if (!caller) return UNAUTHENTICATED;
  const account = state.serviceAccounts.find((known) => known.email === email);
  if (!hasScope(caller, SCOPE) || !account || !mayAct(caller, account, method)) {
    return apiError(
      "PERMISSION_DENIED",
      `Permission 'iam.serviceAccounts.${method === "signJwt" ? method : "getAccessToken"}' denied on resource (or it may not exist).`,
    );
  }
  return method === "signJwt" ? signJwt(request, account) : accessTokenOf(request, account, state);
}

function mayAct({ address, memberOf = [] }: AccessToken, account: ServiceAccount, method: string | undefined): boolean {
  const { tokenCreators = [], workloadIdentityUsers = [] } = account;
  const allowed = method === "signJwt" ? tokenCreators : [...tokenCreators, ...workloadIdentityUsers];
  return [address, ...memberOf].some((who) => allowed.includes(who));
}

/** `generateAccessToken`: a token of the account itself. */
function accessTokenOf({ body }: HttpRequest, { email }: ServiceAccount, state: GoogleState): HttpAnswer {
  const scopes: unknown = Reflect.get(Object(parsed(body)), "scope");
  if (!Array.isArray(scopes)) return apiError("INVALID_ARGUMENT", "Request contains an invalid argument.");
  const token = `ya29.c.sandbox-${randomBytes(24).toString("base64url")}`;
  const expiresAt = nowOf(state) + LIFETIME_MS;
  remember(state, { token, address: email, clientId: email, scope: scopes.join(" "), expiresAt });
  return jsonAnswer(200, { accessToken: token, expireTime: new Date(Date.now() + LIFETIME_MS).toISOString() });
}

/** `signJwt`: any claims, signed by the account. */
function signJwt(request: HttpRequest, account: ServiceAccount): HttpAnswer {
  ensureKey(account);
  if (!account.privateKey) return apiError("FAILED_PRECONDITION", "The account has no key to sign with.");
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
