import { randomBytes } from "node:crypto";
import type { HttpAnswer, HttpRequest, HttpService } from "../http.ts";
import type { GoogleClient, GoogleState } from "./state.ts";

/** Seconds an access token is good for. */
const TOKEN_LIFE = 3599;

type Refusal = { readonly status: number; readonly error: string; readonly description: string };

const refuse = (status: number, error: string, description: string): Refusal => ({ status, error, description });

/** Google's token endpoint, with the answers of the real one (RFC 6749 §5.2 with Google's statuses and texts). */
export function googleOAuthService(state: () => GoogleState): HttpService {
  const routes: Readonly<Record<string, (request: HttpRequest) => HttpAnswer>> = {
    "POST /token": (request) => token(state(), new URLSearchParams(request.body)),
    "GET /tokeninfo": (request) => tokenInfo(state(), request.url.searchParams.get("access_token") ?? ""),
    "POST /revoke": (request) => revoke(state(), new URLSearchParams(request.body || request.url.search)),
  };
  return (request) =>
    routes[`${request.method} ${request.url.pathname}`]?.(request) ?? { status: 404, body: { error: "not_found" } };
}

/** The client is checked before the grant: what a probe with a junk grant relies on. */
function token(state: GoogleState, form: URLSearchParams): HttpAnswer {
  const grantType = form.get("grant_type");
  if (!grantType) return answer(refuse(400, "invalid_request", "Missing required parameter: grant_type"));
  const client = clientOf(state, form);
  if ("error" in client) return answer(client);
  switch (grantType) {
    case "refresh_token":
      return refresh(state, client, form.get("refresh_token"));
    case "authorization_code":
      // Codes come from the consent page, which this sandbox does not have yet: every code is a malformed one.
      return answer(refuse(400, "invalid_grant", "Malformed auth code."));
    default:
      return answer(refuse(400, "unsupported_grant_type", `Invalid grant_type: ${grantType.slice(0, 60)}`));
  }
}

function clientOf(state: GoogleState, form: URLSearchParams): GoogleClient | Refusal {
  const id = form.get("client_id");
  const secret = form.get("client_secret");
  if (!id) return refuse(400, "invalid_request", "Could not determine client ID from request.");
  const client = state.clients.find(({ clientId }) => clientId === id);
  if (!client) return refuse(401, "invalid_client", "The OAuth client was not found.");
  if (client.state === "deleted") return refuse(401, "deleted_client", "The OAuth client was deleted.");
  if (client.state === "disabled") return refuse(401, "disabled_client", "The OAuth client was disabled.");
  if (!secret) return refuse(400, "invalid_request", "client_secret is missing.");
  const known = client.secrets.some(({ value, enabled }) => enabled && value === secret);
  return known ? client : refuse(401, "invalid_client", "The provided client secret is invalid.");
}

function refresh(state: GoogleState, client: GoogleClient, refreshToken: string | null): HttpAnswer {
  if (!refreshToken) return answer(refuse(400, "invalid_request", "Missing required parameter: refresh_token"));
  const grant = state.grants.find((candidate) => candidate.refreshToken === refreshToken);
  if (!grant || grant.clientId !== client.clientId) return answer(refuse(400, "invalid_grant", "Bad Request"));
  if (grant.state !== "valid") {
    return answer(refuse(400, "invalid_grant", "Token has been expired or revoked."));
  }
  const now = Date.now();
  state.tokens = state.tokens.filter(({ expiresAt }) => expiresAt > now);
  const fresh = `ya29.sandbox-${randomBytes(24).toString("base64url")}`;
  const { address, clientId, scope } = grant;
  state.tokens.push({ token: fresh, address, clientId, scope, expiresAt: now + TOKEN_LIFE * 1000 });
  return { status: 200, body: { access_token: fresh, expires_in: TOKEN_LIFE, scope, token_type: "Bearer" } };
}

function tokenInfo(state: GoogleState, presented: string): HttpAnswer {
  const found = state.tokens.find(({ token: known, expiresAt }) => known === presented && expiresAt > Date.now());
  if (!found) return { status: 400, body: { error: "invalid_token", error_description: "Invalid Value" } };
  const expires = Math.floor((found.expiresAt - Date.now()) / 1000);
  return {
    status: 200,
    body: { aud: found.clientId, azp: found.clientId, scope: found.scope, expires_in: String(expires) },
  };
}

/** Ends everything the user has granted to the client's project, across its clients. */
function revoke(state: GoogleState, form: URLSearchParams): HttpAnswer {
  const presented = form.get("token");
  const holder =
    state.grants.find(({ refreshToken }) => refreshToken === presented) ??
    state.tokens.find(({ token: known }) => known === presented);
  if (!holder) return answer(refuse(400, "invalid_token", "Token expired or revoked"));
  const project = (id: string) => state.clients.find(({ clientId }) => clientId === id)?.projectId;
  const same = (other: { address: string; clientId: string }) =>
    other.address === holder.address && project(other.clientId) === project(holder.clientId);
  for (const grant of state.grants.filter(same)) grant.state = "revoked";
  state.tokens = state.tokens.filter((other) => !same(other));
  return { status: 200, body: {} };
}

function answer({ status, error, description }: Refusal): HttpAnswer {
  return { status, body: { error, error_description: description } };
}
