import { X509Certificate } from "node:crypto";
import { compactVerify } from "jose";
import { type Assertion, requireInTime } from "./assertion.ts";
import { EntraRefusal, quoted } from "./refusal.ts";
import type { EntraApplication, EntraState } from "./state.ts";

const ALGORITHMS = ["PS256", "RS256"];

interface Circumstances {
  /** Where the assertion was sent to. */
  readonly endpoint: URL;
  /** Milliseconds since 1970, by the world's clock. */
  readonly now: number;
}

/** An assertion that the application has signed itself (Microsoft: "Microsoft identity platform application authentication certificate credentials"). */
export async function proveByCertificate(
  state: EntraState,
  { clientId, certificates }: EntraApplication,
  { jwt, header, claims }: Assertion,
  { endpoint, now }: Circumstances,
): Promise<void> {
  if (!ALGORITHMS.includes(header.alg ?? "")) throw invalidSignature("Unsupported asymmetric signing algorithm.");
  const thumbprint = presentedThumbprint(header);
  const certificate = certificates
    .map((pem) => new X509Certificate(pem))
    .find((known) => thumbprintsOf(known).includes(thumbprint));
  if (!certificate)
    throw invalidSignature(`The key was not found., Thumbprint of key used by client: ${quoted(thumbprint)}`);
  const { validFromDate: start, validToDate: end } = certificate;
  if (now < start.getTime() || now >= end.getTime())
    throw invalidSignature(
      `The key used is expired., Thumbprint of key used by client: ${quoted(thumbprint)}, Found key 'Start=${start.toISOString()}, End=${end.toISOString()}'`,
    );
  await compactVerify(jwt, certificate.publicKey, { algorithms: ALGORITHMS }).catch(() => {
    throw new EntraRefusal(700027, "Client assertion failed signature validation.");
  });
  if (claims.sub !== clientId || claims.iss !== clientId)
    throw new EntraRefusal(
      700021,
      "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials.",
    );
  if (!audiencesOf(state, endpoint).includes(String(claims.aud).toLowerCase()))
    throw new EntraRefusal(
      700023,
      "Client assertion audience claim does not match Realm issuer. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials.",
    );
  requireInTime(claims);
}

function invalidSignature(reason: string): EntraRefusal {
  return new EntraRefusal(700027, `Client assertion contains an invalid signature. [Reason - ${reason}]`);
}

/** In hexadecimal: of SHA-256, as libraries send it today, or of SHA-1. */
function presentedThumbprint(header: Assertion["header"]): string {
  const given = header["x5t#S256"] ?? header["x5t"] ?? header["kid"];
  return Buffer.from(typeof given === "string" ? given : "", "base64url")
    .toString("hex")
    .toUpperCase();
}

export function thumbprintsOf({ fingerprint, fingerprint256 }: X509Certificate): readonly string[] {
  return [fingerprint, fingerprint256].map((text) => text.replaceAll(":", ""));
}

/** The tenant's token endpoints at the host, by each of its names. */
function audiencesOf({ tenantId, domains }: EntraState, { origin }: URL): readonly string[] {
  return [tenantId, ...domains].flatMap((tenant) => [
    `${origin}/${tenant}/oauth2/v2.0/token`,
    `${origin}/${tenant}/oauth2/token`,
    `${origin}/${tenant}/v2.0`,
  ]);
}
