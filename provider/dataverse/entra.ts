import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { ClientSecretCredential } from "@azure/identity";
import { Fault, messageOf } from "../fault.ts";
import { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";

export interface EntraCredentials {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Gives a token that is good for some minutes yet. */
export type TokenSource = (deadline: Deadline) => Promise<string>;

/** A token is renewed this long before it expires. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** Longest time for one token request, whoever is waiting for it. */
const REQUEST_LIMIT_MS = 30_000;

/** Causes by Entra's codes (Microsoft: "Microsoft Entra authentication and authorization error codes"). */
const CAUSES: Readonly<Record<string, string>> = {
  AADSTS7000215: "clientSecret is wrong. Mind that the secret's value is wanted, not its id.",
  AADSTS7000222: "clientSecret has expired. Create a new one under Certificates & secrets of the app registration.",
  AADSTS700016: "No application with this clientId exists in the tenant: check clientId and tenantId.",
  AADSTS90002: "There is no such tenant: check tenantId.",
  AADSTS900023: "tenantId is neither a tenant's id nor one of its domains.",
  AADSTS500011: "The tenant does not know this environment: check environmentUrl and tenantId.",
  AADSTS7000112: "The application is disabled in the tenant.",
};

/**
 * Tokens of Microsoft Entra for the environment, by the client credentials flow of @azure/identity, which is loaded
 * with the first token. Its requests go the one way out. Other kinds of credentials come in at `credential`.
 */
export function entraTokens(credentials: EntraCredentials, scope: string, network: Network): TokenSource {
  let source: Promise<ClientSecretCredential> | undefined;
  let current: { token: string; until: number } | undefined;
  let inFlight: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    using deadline = Deadline.after(REQUEST_LIMIT_MS);
    try {
      source ??= credential(credentials, network);
      const token = await (await source).getToken(scope, { abortSignal: deadline.signal });
      current = { token: token.token, until: token.expiresOnTimestamp - RENEW_BEFORE_MS };
      return token.token;
    } catch (error) {
      throw error instanceof Fault ? error : refused(error, credentials);
    }
  };

  return async (deadline) => {
    if (current && Date.now() < current.until) return current.token;
    inFlight ??= renew().finally(() => {
      inFlight = undefined;
    });
    // One request serves everybody, so a caller's deadline ends its waiting and not the request.
    return deadline.race(inFlight, "Getting a token from Microsoft Entra");
  };
}

async function credential(credentials: EntraCredentials, network: Network): Promise<ClientSecretCredential> {
  const { ClientSecretCredential } = await import("@azure/identity");
  const { tenantId, clientId, clientSecret } = credentials;
  return new ClientSecretCredential(tenantId, clientId, clientSecret, {
    httpClient: await httpClient(network),
    retryOptions: { maxRetries: 2, maxRetryDelayInMs: 2000 },
  });
}

/** @azure/identity's requests over our network, so that map, CA file and proxy count for them too. */
async function httpClient(network: Network): Promise<HttpClient> {
  const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
  return {
    async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
      using deadline = Deadline.after(REQUEST_LIMIT_MS);
      const { status, headers, text } = await network.request(
        {
          method: request.method,
          url: request.url,
          headers: Object.fromEntries([...request.headers]),
          ...(typeof request.body === "string" && { body: request.body }),
        },
        deadline,
      );
      return { request, status, headers: createHttpHeaders({ ...headers }), bodyAsText: text };
    },
  };
}

function refused(error: unknown, { clientId, tenantId }: EntraCredentials): Fault {
  const text = messageOf(error);
  const code = /AADSTS\d+/.exec(text)?.[0];
  const inner = faultWithin(error);
  if (inner) return inner;
  return new Fault({
    kind: "unauthenticated",
    what: `Microsoft Entra gave no token to application ${clientId} in tenant ${tenantId}`,
    said: /AADSTS[^\r\n]*/.exec(text)?.[0] ?? text,
    code,
    hint: CAUSES[code ?? ""] ?? "Check tenantId, clientId and clientSecret.",
    cause: error,
  });
}

/** A transport fault that the library has wrapped says more than the wrapping. */
function faultWithin(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  return error instanceof Error && error.cause !== undefined ? faultWithin(error.cause) : undefined;
}
