import { createHash, randomBytes } from "node:crypto";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { remember } from "./access-tokens.ts";
import { nowOf } from "./clock.ts";
import { isAlive, keepConsent } from "./consent.ts";
import { assertion, JWT_BEARER } from "./jwt-bearer.ts";
import { activeClient, isRefusal, jsonAnswer, missing, type Refusal, refusalAnswer, singleValued } from "./refusal.ts";
import type { AccessToken, GoogleClient, GoogleState, Grant } from "./state.ts";

/** Seconds, as Google's answers show it. */
const LIFETIME = 3599;

const SECRET_REFUSED: Refusal = {
  status: 401,
  error: "invalid_client",
  description: "The provided client secret is invalid.",
};

const DEAD_GRANT: Refusal = {
  status: 400,
  error: "invalid_grant",
  description: "Token has been expired or revoked.",
};

// RFC 6749 section 5.2 would have invalid_grant here. Assumption: grant-of-other-client.
const OTHER_CLIENTS_GRANT: Refusal = { status: 401, error: "unauthorized_client", description: "Unauthorized" };

/** What the request for a code has fixed. */
interface Proof {
  readonly redirectUri: string;
  readonly codeVerifier: string | undefined;
}

/** What to do for a `grant_type` once the client has proven itself, and the parameters it needs. */
const GRANT_TYPES: Readonly<
  Record<
    string,
    {
      readonly needs: string;
      readonly answer: (value: string, client: GoogleClient, state: GoogleState, proof: Proof) => Refusal | Issued;
    }
  >
> = {
  refresh_token: { needs: "refresh_token", answer: refresh },
  authorization_code: { needs: "code", answer: redeem },
};

/**
 * `POST /token` (RFC 6749 section 3.2), form-encoded. Checked in this order: parameters, client, its state, its secret,
 * the grant; so a junk refresh token proves whether a client id and its secret are right.
 */
export function tokenEndpoint(request: HttpRequest, state: GoogleState): HttpAnswer {
  const issued = issue(new URLSearchParams(request.body), state);
  if (isRefusal(issued)) return refusalAnswer(issued);
  const { refreshToken, ...token } = issued;
  remember(state, token);
  return jsonAnswer(200, {
    access_token: issued.token,
    expires_in: LIFETIME,
    ...(refreshToken && { refresh_token: refreshToken }),
    scope: issued.scope,
    token_type: "Bearer",
  });
}

/** What is answered beside the access token. */
type Issued = AccessToken & { readonly refreshToken?: string };

function issue(form: URLSearchParams, state: GoogleState): Refusal | Issued {
  const values = singleValued(form);
  if (isRefusal(values)) return values;

  const grantType = values.get("grant_type");
  // The wordings of these two. Assumption: token-refusal-words.
  if (grantType === undefined) return invalidRequest("Required parameter is missing: grant_type");
  if (grantType === JWT_BEARER) return assertion(values.get("assertion"), state);
  const grant = Object.hasOwn(GRANT_TYPES, grantType) ? GRANT_TYPES[grantType] : undefined;
  if (grant === undefined) {
    return { status: 400, error: "unsupported_grant_type", description: `Invalid grant_type: ${grantType}` };
  }
  const clientId = values.get("client_id");
  if (clientId === undefined) return invalidRequest("Could not determine client ID from request.");
  const secret = values.get("client_secret");
  if (secret === undefined) return invalidRequest("client_secret is missing.");
  const value = values.get(grant.needs);
  if (value === undefined) return missing(grant.needs);

  const client = activeClient(state, clientId);
  if (isRefusal(client)) return client;
  if (!client.secrets.some((known) => known.enabled && known.value === secret)) return SECRET_REFUSED;
  const proof = { redirectUri: values.get("redirect_uri") ?? "", codeVerifier: values.get("code_verifier") };
  const issued = grant.answer(value, client, state, proof);
  if (!isRefusal(issued)) client.usedAt = nowOf(state);
  return issued;
}

function invalidRequest(description: string): Refusal {
  return { status: 400, error: "invalid_request", description };
}

function refresh(refreshToken: string, client: GoogleClient, state: GoogleState): Refusal | AccessToken {
  const grant = state.grants.find((candidate) => candidate.refreshToken === refreshToken);
  if (grant === undefined) return { status: 400, error: "invalid_grant", description: "Bad Request" };
  if (grant.clientId !== client.clientId) return OTHER_CLIENTS_GRANT;
  if (!isAlive(state, grant)) return DEAD_GRANT;
  grant.usedAt = nowOf(state);
  return accessToken(grant, state);
}

/** A code is good once, for the client, the redirect URI and the verifier it was made for (RFC 6749 section 4.1.3, RFC 7636 section 4.6). */
function redeem(
  code: string,
  client: GoogleClient,
  state: GoogleState,
  { redirectUri, codeVerifier }: Proof,
): Refusal | Issued {
  const known = state.codes.find((candidate) => candidate.code === code);
  if (!known || known.clientId !== client.clientId || known.expiresAt <= nowOf(state))
    return { status: 400, error: "invalid_grant", description: "Malformed auth code." };
  if (known.redirectUri !== redirectUri)
    return { status: 400, error: "redirect_uri_mismatch", description: "Bad Request" };
  // Assumption: pkce-refusal.
  if (known.codeChallenge !== undefined && known.codeChallenge !== challengeOf(codeVerifier))
    return { status: 400, error: "invalid_grant", description: "Invalid code verifier." };
  state.codes = state.codes.filter((other) => other !== known);
  const { address, scope, clientId } = known;
  const refreshToken = `1//sandbox-${randomBytes(24).toString("base64url")}`;
  const grant = keepConsent(state, client, { refreshToken, address, clientId, scope, state: "valid" });
  return { ...accessToken(grant, state), ...(known.offline && { refreshToken }) };
}

function challengeOf(codeVerifier = ""): string {
  return createHash("sha256").update(codeVerifier).digest("base64url");
}

function accessToken({ address, scope, clientId }: Grant, state: GoogleState): AccessToken {
  const token = `ya29.sandbox-access-token-${randomBytes(24).toString("base64url")}`;
  return { token, address, scope, clientId, expiresAt: nowOf(state) + LIFETIME * 1000 };
}
