import { compactVerify, createLocalJWKSet } from "jose";
import { type FetchOf, keysOf } from "../issuer-keys.ts";
import { type Assertion, requireInTime } from "./assertion.ts";
import { EntraRefusal, quoted } from "./refusal.ts";
import type { EntraApplication, FederatedCredential } from "./state.ts";

/**
 * A token of another issuer, which a federated credential of the application names: issuer first, then audience, then subject
 * (Microsoft: "Workload identity federation", considerations). Assumption: order-of-assertion-checks.
 */
export async function proveByFederation(
  { fetch }: { readonly fetch: FetchOf },
  { clientId, name, federatedCredentials }: EntraApplication,
  { jwt, claims }: Assertion,
): Promise<void> {
  if (federatedCredentials.length === 0)
    throw new EntraRefusal(
      70025,
      `The client ${quoted(clientId)}(${name}) has no configured federated identity credentials.`,
    );
  const [issuer, subject] = [String(claims.iss), String(claims.sub ?? "")];
  const audience = [claims.aud ?? ""].flat();
  const ofIssuer = federatedCredentials.filter((known) => known.issuer === issuer);
  if (ofIssuer.length === 0) throw noRecord(700211, `issuer ${quoted(issuer)}`);
  const ofAudience = ofIssuer.filter((known) => audience.includes(known.audience));
  if (ofAudience.length === 0) throw noRecord(700212, `audience ${quoted(audience.join(" "))}`);
  requireSubject(ofAudience, subject);
  requireInTime(claims);
  const keys = await keysOf(issuer, fetch).catch(() => undefined);
  if (!keys) throw new EntraRefusal(501661, "Request to External OIDC endpoint failed.");
  await compactVerify(jwt, createLocalJWKSet(keys), { algorithms: ["RS256"] }).catch(() => {
    throw new EntraRefusal(700027, "Client assertion failed signature validation.");
  });
}

const HELP =
  "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

function noRecord(number: 700211 | 700212 | 700213 | 7002138, presented: string): EntraRefusal {
  return new EntraRefusal(
    number,
    `No matching federated identity record found for presented assertion ${presented}. ${HELP}`,
  );
}

function requireSubject(credentials: readonly FederatedCredential[], subject: string): void {
  if (credentials.some((known) => known.subject === subject)) return;
  if (credentials.some((known) => known.subject.toLowerCase() === subject.toLowerCase()))
    throw noRecord(
      7002138,
      `subject ${quoted(subject)}. The subject matches with case-insensitive comparison, but not with case-sensitive comparison`,
    );
  throw noRecord(700213, `subject ${quoted(subject)}`);
}
