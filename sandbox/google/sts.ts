import { randomBytes } from "node:crypto";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { remember } from "./access-tokens.ts";
import { nowOf } from "./clock.ts";
import { isRefusal, jsonAnswer, missing, refusalAnswer, singleValued } from "./refusal.ts";
import type { GoogleState } from "./state.ts";

const LIFETIME = 3599;
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

/** `POST /v1/token` of the Security Token Service (RFC 8693): a token of another issuer for a federated one of Google's. */
export function tokenExchange(request: HttpRequest, state: GoogleState): HttpAnswer {
  const values = singleValued(new URLSearchParams(request.body));
  if (isRefusal(values)) return refusalAnswer(values);
  const absent = ["grant_type", "audience", "subject_token", "subject_token_type", "scope"].find(
    (name) => !values.has(name),
  );
  if (absent !== undefined) return refusalAnswer(missing(absent));
  if (values.get("grant_type") !== EXCHANGE)
    return refusalAnswer({ status: 400, error: "unsupported_grant_type", description: "Invalid grant_type." });
  const pool = state.workloadPools.find(({ audience }) => audience === values.get("audience"));
  // Here and below. Assumption: sts-refusals.
  if (!pool)
    return refusalAnswer({ status: 400, error: "invalid_target", description: "The target service is invalid." });
  if (pool.subjectToken !== values.get("subject_token"))
    return refusalAnswer({ status: 400, error: "invalid_grant", description: "The given credential is rejected." });
  const token = `ya29.d.sandbox-${randomBytes(24).toString("base64url")}`;
  const scope = values.get("scope") ?? "";
  const expiresAt = nowOf(state) + LIFETIME * 1000;
  remember(state, { token, address: pool.principal, clientId: pool.principal, scope, expiresAt });
  return jsonAnswer(200, {
    access_token: token,
    issued_token_type: ACCESS_TOKEN,
    token_type: "Bearer",
    expires_in: LIFETIME,
  });
}
