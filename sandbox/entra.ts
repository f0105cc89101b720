import { randomBytes } from "node:crypto";
import { onItsClock } from "./clock.ts";
import type { HttpAnswer, HttpRequest, HttpService } from "./http.ts";

export interface EntraState {
  tenantId: string;
  applications: { clientId: string; name: string; secrets: string[] }[];
  /** Environments that the tenant knows: `https://contoso.crm.dynamics.com`. */
  resources: string[];
  tokens: { token: string; resource: string; clientId: string; expiresAt: number }[];
}

/** Hosts of the national clouds' Entra, by how the hosts of their environments end (Microsoft: "National clouds and Microsoft Entra"). */
const AUTHORITIES: Readonly<Record<string, string>> = {
  ".dynamics.com": "login.microsoftonline.com",
  ".microsoftdynamics.us": "login.microsoftonline.us",
  ".appsplatform.us": "login.microsoftonline.us",
  ".dynamics.cn": "login.partner.microsoftonline.cn",
};

export const ENTRA_HOSTS: readonly string[] = [...new Set(Object.values(AUTHORITIES))];

/** Where tokens for an environment are given; one with a host name of its own may be in any cloud. */
export function authoritiesOf(environmentUrl: string): readonly string[] {
  const suffix = Object.keys(AUTHORITIES).find((end) => environmentUrl.endsWith(end));
  return ENTRA_HOSTS.filter((host) => suffix === undefined || host === AUTHORITIES[suffix]);
}

/** Seconds a token is good for. */
const TOKEN_LIFE = 3600;

interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly number: number;
  readonly text: string;
}

/** Microsoft Entra's token endpoint for applications, and the metadata that its libraries ask for. */
export function entraService(state: () => EntraState, environmentUrl: string): HttpService {
  const authorities = authoritiesOf(environmentUrl);
  return (request) => {
    const { hostname, pathname } = request.url;
    const [, tenant = "", path = ""] = /^\/([^/]+)\/(.*)$/.exec(pathname) ?? [];
    if (path === "discovery/instance") return instances(hostname);
    if (tenant.toLowerCase() !== state().tenantId) {
      return refuse({
        status: 400,
        error: "invalid_request",
        number: 90002,
        text: `Tenant '${tenant.slice(0, 60)}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
      });
    }
    if (!authorities.includes(hostname)) {
      return refuse({
        status: 400,
        error: "invalid_request",
        number: 900382,
        text: "Confidential Client is not supported in Cross Cloud request.",
      });
    }
    if (path === "v2.0/.well-known/openid-configuration") return metadata(hostname, tenant);
    if (path === "oauth2/v2.0/token" && request.method === "POST") return token(state(), request);
    return { status: 404, body: { error: "not_found" } };
  };
}

function token(state: EntraState, request: HttpRequest): HttpAnswer {
  const form = new URLSearchParams(request.body);
  const id = form.get("client_id") ?? "";
  const application = state.applications.find(({ clientId }) => clientId === id.toLowerCase());
  if (form.get("grant_type") !== "client_credentials") {
    return refuse({
      status: 400,
      error: "unsupported_grant_type",
      number: 70003,
      text: "The app requested an unsupported grant type.",
    });
  }
  if (!application) {
    return refuse({
      status: 400,
      error: "unauthorized_client",
      number: 700016,
      text: `Application with identifier '${id.slice(0, 60)}' was not found in the directory 'Contoso'.`,
    });
  }
  if (!application.secrets.includes(form.get("client_secret") ?? "")) {
    return refuse({
      status: 401,
      error: "invalid_client",
      number: 7000215,
      text: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
    });
  }
  const scope =
    form
      .get("scope")
      ?.split(" ")
      .find((part) => part.endsWith("/.default")) ?? "";
  if (!scope) {
    return refuse({
      status: 400,
      error: "invalid_scope",
      number: 70011,
      text: "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid.",
    });
  }
  const resource = scope.replace(/\/+\.default$/, "");
  if (!state.resources.includes(resource)) {
    return refuse({
      status: 400,
      error: "invalid_resource",
      number: 500011,
      text: `The resource principal named ${resource.slice(0, 100)} was not found in the tenant named Contoso.`,
    });
  }
  const fresh = `eyJ.sandbox.${randomBytes(24).toString("base64url")}`;
  const now = Date.now();
  state.tokens = state.tokens.filter(({ expiresAt }) => expiresAt > now);
  const expiresAt = onItsClock(now) + TOKEN_LIFE * 1000;
  state.tokens.push({ token: fresh, resource, clientId: application.clientId, expiresAt });
  return {
    status: 200,
    body: { token_type: "Bearer", expires_in: TOKEN_LIFE, ext_expires_in: TOKEN_LIFE, access_token: fresh },
  };
}

/** The application that a token was given to; undefined when the token is not good for the resource. */
export function bearerOf(state: EntraState, resource: string, presented: string): string | undefined {
  return state.tokens.find(
    ({ token: known, resource: its, expiresAt }) => known === presented && its === resource && expiresAt > Date.now(),
  )?.clientId;
}

function refuse({ status, error, number, text }: Refusal): HttpAnswer {
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${number}: ${text} Trace ID: 00000000-0000-0000-0000-000000000000 Correlation ID: 00000000-0000-0000-0000-000000000000 Timestamp: ${new Date().toISOString()}`,
      error_codes: [number],
    },
  };
}

function metadata(host: string, tenant: string): HttpAnswer {
  const base = `https://${host}/${tenant}`;
  return {
    status: 200,
    body: {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    },
  };
}

function instances(host: string): HttpAnswer {
  return {
    status: 200,
    body: {
      tenant_discovery_endpoint: `https://${host}/common/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      metadata: [
        { preferred_network: host, preferred_cache: "login.windows.net", aliases: [host, "login.windows.net"] },
      ],
    },
  };
}
