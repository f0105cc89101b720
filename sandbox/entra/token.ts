import { randomUUID } from "node:crypto";
import { onItsClock } from "../clock.ts";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { guidOf } from "../ids.ts";
import { signed } from "../signing-keys.ts";
import { credentialsOf, type Proof, prove } from "./client-authentication.ts";
import type { EntraOptions } from "./options.ts";
import { EntraRefusal, quoted } from "./refusal.ts";
import type { EntraApplication, EntraState } from "./state.ts";

/** Seconds a token is good for. */
const TOKEN_LIFE = 3600;

/** A token of the client credentials grant (RFC 6749 section 4.4), for a `scope`, or at the endpoint of version 1 for a `resource`. */
export async function token(options: EntraOptions, request: HttpRequest): Promise<HttpAnswer> {
  const form = new URLSearchParams(request.body);
  const state = options.state();
  if (form.get("grant_type") !== "client_credentials")
    throw new EntraRefusal(70003, "The app requested an unsupported grant type.");
  const given = credentialsOf(form, request);
  const application = state.applications.find(({ clientId }) => clientId === given.id.toLowerCase());
  if (!application)
    throw new EntraRefusal(
      700016,
      `Application with identifier ${quoted(given.id)} was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    );
  const proof = await prove(options, application, given, request.url);
  const resource = resourceOf(state, form, request.url);
  const { token: fresh, expiresAt } = await issue(state, application, resource, proof);
  const life = { token_type: "Bearer", expires_in: TOKEN_LIFE, ext_expires_in: TOKEN_LIFE };
  if (isVersion2(request.url)) return { status: 200, body: { ...life, access_token: fresh } };
  const expires_on = String(Math.floor(expiresAt / 1000));
  const texts = Object.fromEntries(Object.entries(life).map(([name, value]) => [name, String(value)]));
  return { status: 200, body: { ...texts, expires_on, resource, access_token: fresh } };
}

export function isVersion2({ pathname }: URL): boolean {
  return pathname.endsWith("/v2.0/token");
}

function resourceOf({ resources }: EntraState, form: URLSearchParams, url: URL): string {
  const asked = isVersion2(url) ? scopeOf(form) : form.get("resource");
  const resource = (asked ?? "").replace(/\/+$/, "");
  if (resources.includes(resource)) return resource;
  throw new EntraRefusal(
    500011,
    `The resource principal named ${resource.slice(0, 100)} was not found in the tenant named Contoso. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  );
}

function scopeOf(form: URLSearchParams): string {
  const scope = form
    .get("scope")
    ?.split(" ")
    .find((part) => part.endsWith("/.default"));
  if (scope !== undefined) return scope.replace(/\/\.default$/, "");
  throw new EntraRefusal(
    70011,
    "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid.",
  );
}

/** A JWT of the form of version 1, which Dataverse takes; `appidacr` says how the application has proven itself. */
export async function issue(
  state: EntraState,
  { clientId }: Pick<EntraApplication, "clientId">,
  resource: string,
  proof: Proof,
): Promise<{ readonly token: string; readonly expiresAt: number }> {
  const moment = Date.now();
  const expiresAt = onItsClock(moment) + TOKEN_LIFE * 1000;
  const [from, until] = [Math.floor(onItsClock(moment) / 1000), Math.floor(expiresAt / 1000)];
  const { tenantId: tid } = state;
  const principal = guidOf(`${tid} service principal ${clientId}`);
  const issuer = `https://sts.windows.net/${tid}/`;
  const fresh = await signed(SIGNER, {
    aud: resource,
    iss: issuer,
    idp: issuer,
    iat: from,
    nbf: from,
    exp: until,
    appid: clientId,
    appidacr: proof,
    oid: principal,
    sub: principal,
    tid,
    uti: randomUUID(),
    ver: "1.0",
  });
  state.tokens = state.tokens.filter((known) => known.expiresAt > moment);
  state.tokens.push({ token: fresh, resource, clientId, expiresAt });
  return { token: fresh, expiresAt };
}

/** All hosts of Entra publish one set of keys here. */
export const SIGNER = "https://login.microsoftonline.com";

/** The application that a token was given to; undefined when the token is not good for the resource. */
export function bearerOf(state: EntraState, resource: string, presented: string): string | undefined {
  return state.tokens.find(
    ({ token: known, resource: its, expiresAt }) => known === presented && its === resource && expiresAt > Date.now(),
  )?.clientId;
}
