import { issue } from "../entra/token.ts";
import type { HttpAnswer, HttpRequest, HttpService } from "../http.ts";
import type { World } from "../world.ts";

/** Where a virtual machine asks, by plain HTTP; clients that know no other place are led from there. */
export const IMDS_ADDRESS = "169.254.169.254:80";

interface Endpoint {
  /** The header that proves that the request comes from the machine itself. */
  readonly header: string;
  readonly value: (header: string) => string;
  readonly refusal: HttpAnswer;
}

const BY_HEADER = { status: 401, body: { error: "invalid_request", error_description: "X-IDENTITY-HEADER is wrong." } };
const BY_METADATA = {
  status: 400,
  body: { error: "bad_request_102", error_description: "Required metadata header not specified" },
};

/** Of App Service, and of virtual machines, whose address some libraries end with a slash. */
const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ["/msi/token", { header: "x-identity-header", value: (header: string) => header, refusal: BY_HEADER }],
  ["/metadata/identity/oauth2/token", { header: "metadata", value: () => "true", refusal: BY_METADATA }],
]);

/**
 * Tokens of the machine's identities (Microsoft: "Use managed identities on a virtual machine to acquire access token", "How to use
 * managed identities for App Service"). Every application of the world counts as one that is assigned; without a client id it is the first.
 */
export function managedIdentityService(world: () => World, identityHeader: string): HttpService {
  return async ({ method, url, headers }: HttpRequest) => {
    const endpoint = ENDPOINTS.get(url.pathname.replace(/\/$/, ""));
    if (!endpoint || method !== "GET") return { status: 404, body: { error: "not_found" } };
    if (headers[endpoint.header] !== endpoint.value(identityHeader)) return endpoint.refusal;
    const { entra } = world();
    const clientId = url.searchParams.get("client_id")?.toLowerCase();
    const identity = entra.applications.find((known) => clientId === undefined || known.clientId === clientId);
    // Assumption: managed-identity-refusals.
    if (!identity) return refusal("invalid_request", "Identity not found");
    const resource = (url.searchParams.get("resource") ?? "").replace(/\/+$/, "");
    if (!entra.resources.includes(resource))
      return refusal(
        "invalid_resource",
        `AADSTS500011: The resource principal named ${resource.slice(0, 100)} was not found in the tenant named Contoso.`,
      );
    const { token, expiresAt } = await issue(entra, identity, resource, "2");
    const until = Math.floor(expiresAt / 1000);
    return {
      status: 200,
      body: {
        access_token: token,
        client_id: identity.clientId,
        expires_in: String(until - Math.floor(Date.now() / 1000)),
        expires_on: String(until),
        resource,
        token_type: "Bearer",
      },
    };
  };
}

function refusal(error: string, error_description: string): HttpAnswer {
  return { status: 400, body: { error, error_description } };
}
