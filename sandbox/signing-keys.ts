import type { webcrypto } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

interface SigningKey {
  readonly kid: string;
  readonly privateKey: webcrypto.CryptoKey;
  readonly published: JWK;
}

const ALGORITHM = "RS256";

/** By which issuers of tokens sign, one an origin. Made when one is asked for; in memory only, so they outlive a reset and go with the process. */
const keys = new Map<string, Promise<SigningKey>>();

/** The claims as a JWT of an issuer, by the key of its origin: `https://login.microsoftonline.com`. */
export async function signed(origin: string, claims: JWTPayload): Promise<string> {
  const { kid, privateKey } = await keyOf(origin);
  return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ: "JWT", kid, x5t: kid }).sign(privateKey);
}

/** RFC 7517 section 5 */
export async function publishedKeys(origin: string): Promise<{ readonly keys: readonly JWK[] }> {
  return { keys: [(await keyOf(origin)).published] };
}

function keyOf(origin: string): Promise<SigningKey> {
  const known = keys.get(origin) ?? newKey();
  keys.set(origin, known);
  return known;
}

async function newKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, published: { ...jwk, use: "sig", alg: ALGORITHM, kid, x5t: kid } };
}
