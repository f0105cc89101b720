import type { HttpAnswer, HttpRequest, HttpService } from "../http.ts";
import { publishedKeys } from "../signing-keys.ts";
import { authoritiesOf } from "./authorities.ts";
import { instances, metadata, SHARED_TENANTS } from "./metadata.ts";
import type { EntraOptions } from "./options.ts";
import { EntraRefusal, quoted, refusalAnswer } from "./refusal.ts";
import type { EntraState } from "./state.ts";
import { SIGNER, token } from "./token.ts";

/** Microsoft Entra's token endpoints for applications, and the metadata that libraries ask for. */
export function entraService(options: EntraOptions): HttpService {
  return async (request) => {
    try {
      return await answered(options, request);
    } catch (error) {
      if (error instanceof EntraRefusal) return refusalAnswer(error, request);
      throw error;
    }
  };
}

async function answered(options: EntraOptions, request: HttpRequest): Promise<HttpAnswer> {
  const { environmentUrl } = options;
  const { hostname, pathname } = request.url;
  const [, asked = "", path = ""] = /^\/([^/]+)\/(.*)$/.exec(pathname) ?? [];
  if (path === "discovery/instance") return instances(hostname);
  const tenantId = tenantOf(options.state(), asked);
  if (!authoritiesOf(environmentUrl).includes(hostname))
    throw new EntraRefusal(900382, "Confidential Client is not supported in Cross Cloud request.");
  switch (`${request.method} ${path}`) {
    case "GET v2.0/.well-known/openid-configuration":
      return metadata(hostname, tenantId, "2.0", asked);
    case "GET .well-known/openid-configuration":
      return metadata(hostname, tenantId, "1.0", asked);
    case "GET discovery/v2.0/keys":
    case "GET discovery/keys":
      return { status: 200, body: await publishedKeys(SIGNER) };
    case "POST oauth2/v2.0/token":
    case "POST oauth2/token":
      if (tenantId === undefined) throw noTenant();
      return token(options, request);
    default:
      return { status: 404, body: { error: "not_found" } };
  }
}

/** Undefined where the path names no single tenant. */
function tenantOf({ tenantId, domains }: EntraState, asked: string): string | undefined {
  const name = asked.toLowerCase();
  if (SHARED_TENANTS.some((shared) => shared === name)) return undefined;
  if (name === tenantId || domains.includes(name)) return tenantId;
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$|^[a-z\d-]+(\.[a-z\d-]+)+$/.test(name))
    throw new EntraRefusal(
      900023,
      `Specified tenant identifier ${quoted(asked)} is neither a valid DNS name, nor a valid external domain.`,
    );
  throw new EntraRefusal(
    90002,
    `Tenant ${quoted(asked)} not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  );
}

/** An application has a tenant. Assumption: token-without-tenant. */
function noTenant(): EntraRefusal {
  return new EntraRefusal(
    50059,
    "No tenant-identifying information found in either the request or implied by any provided credentials.",
  );
}
