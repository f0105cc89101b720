import { generateKeyPairSync } from "node:crypto";
import { digitsOf } from "../ids.ts";
import type { ServiceAccount } from "./state.ts";

/**
 * Gives the account a key of its own if it has none. Not done at the start, because it takes a moment; from then on it is the
 * same one.
 */
export function ensureKey(account: ServiceAccount): void {
  if (account.publicKey !== undefined) return;
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  Object.assign(account, keys);
}

/** Gives accounts the keys that were handed out for them before. */
export function keepKeys(before: readonly ServiceAccount[], now: readonly ServiceAccount[]): void {
  for (const account of now) {
    const { publicKey, privateKey } = before.find(({ email }) => email === account.email) ?? {};
    if (account.publicKey === undefined && publicKey !== undefined && privateKey !== undefined)
      Object.assign(account, { publicKey, privateKey });
  }
}

/** The key file of a service account, as Google's console downloads it. */
export function serviceAccountKey(account: ServiceAccount): object {
  ensureKey(account);
  return {
    type: "service_account",
    project_id: /@([^.]+)\./.exec(account.email)?.[1] ?? "",
    private_key_id: "sandbox-not-a-real-key",
    private_key: account.privateKey,
    client_email: account.email,
    client_id: digitsOf(account.email, 21),
    token_uri: "https://oauth2.googleapis.com/token",
  };
}
