import type { HttpAnswer, HttpRequest } from "../http.ts";
import { nowOf } from "./clock.ts";
import { jsonAnswer, refusalAnswer } from "./refusal.ts";
import type { GoogleState } from "./state.ts";

/** `/tokeninfo`, the token as `access_token` or, by Google's library, as a bearer: whose client, which scope, how long. Numbers are strings, as at Google. */
export function tokenInfo(request: HttpRequest, state: GoogleState): HttpAnswer {
  const bearer = /^Bearer (\S+)$/.exec(request.headers["authorization"] ?? "")?.[1];
  const value = request.url.searchParams.get("access_token") ?? bearer;
  if (!value) {
    // Here and below. Assumption: token-refusal-words.
    return refusalAnswer({ status: 400, error: "invalid_request", description: "access_token is missing." });
  }
  const now = nowOf(state);
  const token = state.tokens.find((candidate) => candidate.token === value && candidate.expiresAt > now);
  if (token === undefined) {
    return refusalAnswer({ status: 400, error: "invalid_token", description: "Invalid Value" });
  }
  return jsonAnswer(200, {
    azp: token.clientId,
    aud: token.clientId,
    scope: token.scope,
    exp: String(Math.floor(token.expiresAt / 1000)),
    expires_in: String(Math.floor((token.expiresAt - now) / 1000)),
    access_type: "offline",
  });
}

/**
 * `POST /revoke` (RFC 7009) with a refresh or an access token. **Ends every grant that the user gave to the project**,
 * across all its clients, and the access tokens made from them:
 * https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
 */
export function revoke(request: HttpRequest, state: GoogleState): HttpAnswer {
  const value = new URLSearchParams(request.body).get("token") ?? request.url.searchParams.get("token");
  const named =
    state.grants.find((grant) => grant.refreshToken === value && grant.state === "valid") ??
    state.tokens.find((token) => token.token === value);
  if (named === undefined) {
    // Assumption: token-refusal-words.
    return refusalAnswer({ status: 400, error: "invalid_token", description: "Token expired or revoked" });
  }
  const project = state.clients.find((client) => client.clientId === named.clientId)?.projectId;
  const clients = new Set(state.clients.filter((it) => it.projectId === project).map((it) => it.clientId));
  const ends = (it: { address: string; clientId: string }) => it.address === named.address && clients.has(it.clientId);
  for (const grant of state.grants.filter(ends)) grant.state = "revoked";
  state.tokens = state.tokens.filter((token) => !ends(token));
  return jsonAnswer(200, {});
}
