import { randomBytes } from "node:crypto";
import { compactVerify, createLocalJWKSet, decodeJwt, type JWTPayload } from "jose";
import { onItsClock } from "../clock.ts";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { type FetchOf, keysOf } from "../issuer-keys.ts";
import { remember } from "./access-tokens.ts";
import { nowOf } from "./clock.ts";
import { principalOf } from "./principals.ts";
import { isRefusal, jsonAnswer, missing, type Refusal, refusalAnswer, singleValued } from "./refusal.ts";
import type { GoogleState, WorkloadProvider } from "./state.ts";

const LIFETIME = 3599;
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
/** Seconds that clocks may differ. */
const CLOCK_SKEW = 60;

/** `POST /v1/token` of the Security Token Service (RFC 8693): a token of another issuer for a federated one of Google's. */
export async function tokenExchange(request: HttpRequest, state: GoogleState, fetch: FetchOf): Promise<HttpAnswer> {
  const values = singleValued(new URLSearchParams(request.body));
  if (isRefusal(values)) return refusalAnswer(values);
  const absent = ["grant_type", "audience", "subject_token", "subject_token_type", "scope"].find(
    (name) => !values.has(name),
  );
  if (absent !== undefined) return refusalAnswer(missing(absent));
  if (values.get("grant_type") !== EXCHANGE)
    return refusalAnswer({ status: 400, error: "unsupported_grant_type", description: "Invalid grant_type." });
  const provider = state.workloadProviders.find(({ audience }) => audience === values.get("audience"));
  // Here and below. Assumption: sts-refusals.
  if (!provider)
    return refusalAnswer({
      status: 400,
      error: "invalid_target",
      description:
        'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.',
    });
  const claims = await verified(provider, values.get("subject_token") ?? "", fetch);
  const principal = isRefusal(claims) ? claims : principalOf(provider, claims);
  if (isRefusal(principal)) return refusalAnswer(principal);
  const token = `ya29.d.sandbox-${randomBytes(24).toString("base64url")}`;
  const scope = values.get("scope") ?? "";
  const expiresAt = nowOf(state) + LIFETIME * 1000;
  const { address, memberOf } = principal;
  remember(state, { token, address, memberOf, clientId: address, scope, expiresAt });
  return jsonAnswer(200, {
    access_token: token,
    issued_token_type: ACCESS_TOKEN,
    token_type: "Bearer",
    expires_in: LIFETIME,
  });
}

/** The claims of a token that the provider takes. */
async function verified(provider: WorkloadProvider, jwt: string, fetch: FetchOf): Promise<JWTPayload | Refusal> {
  const claims = claimsOf(jwt);
  if (!claims) return invalidGrant("The given credential is rejected: it is no ID Token.");
  const { issuer } = provider;
  if (claims.iss !== issuer)
    return invalidGrant(`The issuer in ID Token ${claims.iss} does not match the expected one: ${issuer}.`);
  const { audience, allowedAudiences } = provider;
  const allowed = allowedAudiences.length > 0 ? allowedAudiences : [`https:${audience}`];
  if (![claims.aud ?? ""].flat().some((one) => allowed.includes(one)))
    return invalidGrant(`The audience in ID Token [${claims.aud}] does not match the expected audience.`);
  const now = onItsClock(Date.now()) / 1000;
  if ((claims.exp ?? 0) < now - CLOCK_SKEW)
    return invalidGrant(`ID Token issued at ${claims.iat} is stale to sign-in.`);
  const keys = await keysOf(issuer, fetch).catch(() => undefined);
  if (!keys) return invalidGrant("Error connecting to the given credential's issuer.");
  const signed = await compactVerify(jwt, createLocalJWKSet(keys), { algorithms: ["RS256"] }).catch(() => undefined);
  return signed ? claims : invalidGrant("The signature of the given credential is invalid.");
}

function claimsOf(jwt: string): JWTPayload | undefined {
  try {
    return decodeJwt(jwt);
  } catch {
    return undefined;
  }
}

function invalidGrant(description: string): Refusal {
  return { status: 400, error: "invalid_grant", description };
}
