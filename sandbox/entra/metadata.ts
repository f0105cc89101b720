import type { HttpAnswer } from "../http.ts";

/** What the endpoints of a tenant are called: its id, or a word that stands for many. */
export const SHARED_TENANTS = ["common", "organizations"] as const;

/** OpenID Connect Discovery; of a tenant by its id, however it was asked for. */
export function metadata(
  host: string,
  tenantId: string | undefined,
  version: "1.0" | "2.0",
  asked: string,
): HttpAnswer {
  const tenant = tenantId ?? asked;
  const base = `https://${host}/${tenant}`;
  const endpoints = `${base}/oauth2${version === "2.0" ? "/v2.0" : ""}`;
  const issuer = tenantId ?? "{tenantid}";
  return {
    status: 200,
    body: {
      issuer: version === "2.0" ? `https://${host}/${issuer}/v2.0` : `https://sts.windows.net/${issuer}/`,
      authorization_endpoint: `${endpoints}/authorize`,
      token_endpoint: `${endpoints}/token`,
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
      jwks_uri: `${base}/discovery${version === "2.0" ? "/v2.0" : ""}/keys`,
      response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      tenant_region_scope: "NA",
      cloud_instance_name: "microsoftonline.com",
    },
  };
}

export function instances(host: string): HttpAnswer {
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
