import type { HttpAnswer, HttpRequest, HttpService } from "../http.ts";
import { publishedKeys } from "../signing-keys.ts";
import { idToken } from "./id-token.ts";
import { AZURE_DEVOPS_REQUEST_URL, GITHUB_REQUEST_URL, type Pipelines, SERVICE_CONNECTION } from "./kinds.ts";

const NOT_FOUND: HttpAnswer = { status: 404, body: { message: "Not Found" } };
const GITHUB_PATH = new URL(GITHUB_REQUEST_URL).pathname;
const AZURE_DEVOPS_PATH = new URL(AZURE_DEVOPS_REQUEST_URL).pathname;

/** What the platforms of pipelines serve: tokens to those who have a job's own token, and the metadata of their issuers to everybody. */
export function pipelineService(state: () => Pipelines, jobToken: string): HttpService {
  return async (request) => {
    const { pathname } = request.url;
    const authorized = request.headers["authorization"] === `Bearer ${jobToken}`;
    if (pathname === GITHUB_PATH) return gitHubToken(state(), request, authorized);
    if (pathname === AZURE_DEVOPS_PATH) return azureDevOpsToken(state(), request, authorized);
    return metadata(state(), request);
  };
}

/** GitHub: "OpenID Connect reference". Assumption: id-token-refusals. */
async function gitHubToken(
  { github }: Pipelines,
  { method, url }: HttpRequest,
  authorized: boolean,
): Promise<HttpAnswer> {
  if (method !== "GET") return NOT_FOUND;
  if (!authorized || !github.granted) return { status: 401, body: { message: "The token is not authorized." } };
  const value = await idToken(github, url.searchParams.get("audience") ?? undefined);
  return { status: 200, body: { count: value.length, value } };
}

/** Microsoft: "Oidctoken - Create". Assumption: id-token-refusals. */
async function azureDevOpsToken(
  { "azure-devops": pipeline }: Pipelines,
  { method, url, headers }: HttpRequest,
  authorized: boolean,
): Promise<HttpAnswer> {
  if (method !== "POST")
    return { status: 405, body: { Message: `The requested resource does not support http method '${method}'.` } };
  if (!authorized) {
    if (headers["x-tfs-fedauthredirect"] === "Suppress") return { status: 401, body: "" };
    return { status: 302, headers: { location: "https://spsprodeus21.vssps.visualstudio.com/_signin" }, body: "" };
  }
  const connection = url.searchParams.get("serviceConnectionId") ?? "";
  if (!pipeline.granted || connection.toLowerCase() !== SERVICE_CONNECTION) {
    const value = `There is no explicit reference to service connection ${connection.slice(0, 60)} from current stage Deploy.Up.__default.`;
    return { status: 400, body: { count: value.length, value } };
  }
  return { status: 200, body: { oidcToken: await idToken(pipeline, undefined) } };
}

/** OpenID Connect Discovery, of every issuer that a pipeline has. */
async function metadata(state: Pipelines, { method, url }: HttpRequest): Promise<HttpAnswer> {
  const base = `${url.origin}${url.pathname}`;
  const pipeline = Object.values(state).find(({ issuer }) => base.startsWith(`${bare(issuer)}/.well-known/`));
  if (!pipeline || method !== "GET") return NOT_FOUND;
  const { issuer } = pipeline;
  const jwks_uri = `${bare(issuer)}/.well-known/jwks`;
  if (base === jwks_uri) return { status: 200, body: await publishedKeys(url.origin) };
  if (base !== `${bare(issuer)}/.well-known/openid-configuration`) return NOT_FOUND;
  return {
    status: 200,
    body: {
      issuer,
      jwks_uri,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public", "pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid"],
    },
  };
}

function bare(issuer: string): string {
  return issuer.replace(/\/$/, "");
}
