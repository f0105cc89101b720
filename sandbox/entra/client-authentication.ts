import type { HttpRequest } from "../http.ts";
import { readAssertion } from "./assertion.ts";
import { proveByCertificate } from "./certificates.ts";
import { proveByFederation } from "./federation.ts";
import type { EntraOptions } from "./options.ts";
import { EntraRefusal, quoted } from "./refusal.ts";
import type { EntraApplication } from "./state.ts";

/** `appidacr` of a token: by a secret, or by an assertion. */
export type Proof = "1" | "2";

interface Given {
  readonly id: string;
  readonly secret: string | undefined;
  readonly assertion: string | undefined;
}

const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** In the body, or by the scheme Basic (RFC 6749 section 2.3.1). */
export function credentialsOf(form: URLSearchParams, { headers }: HttpRequest): Given {
  const basic = /^Basic ([\w+/=-]+)$/i.exec(headers["authorization"] ?? "")?.[1];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic ?? "", "base64").toString()) ?? [];
  const assertion = form.get("client_assertion_type") === JWT_BEARER ? form.get("client_assertion") : null;
  return {
    id: form.get("client_id") ?? decoded(id ?? ""),
    secret: form.get("client_secret") ?? (secret === undefined ? undefined : decoded(secret)),
    assertion: assertion ?? undefined,
  };
}

function decoded(text: string): string {
  return new URLSearchParams(`value=${text.replaceAll("&", "%26")}`).get("value") ?? "";
}

/** How the application has proven itself at the token endpoint; throws Entra's refusal where it has not. */
export async function prove(
  options: EntraOptions,
  application: EntraApplication,
  { secret, assertion }: Given,
  endpoint: URL,
): Promise<Proof> {
  const now = Date.now() + options.aheadMs();
  if (assertion !== undefined) {
    const read = readAssertion(assertion);
    // Whose it is shows by the issuer. Assumption: order-of-assertion-checks.
    if (URL.canParse(String(read.claims.iss))) await proveByFederation(options, application, read);
    else await proveByCertificate(options.state(), application, read, { endpoint, now });
    return "2";
  }
  if (secret === undefined)
    throw new EntraRefusal(
      7000216,
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    );
  proveBySecret(application, secret, now);
  return "1";
}

function proveBySecret({ clientId, secrets }: EntraApplication, given: string, now: number): void {
  const known = secrets.find(({ value }) => value === given);
  if (!known)
    throw new EntraRefusal(
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app ${quoted(clientId)}.`,
    );
  if (known.endsAt !== null && known.endsAt <= now)
    throw new EntraRefusal(
      7000222,
      `The provided client secret keys for app ${quoted(clientId)} are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    );
}
