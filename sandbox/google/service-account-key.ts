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

/** The key file of a service account, as Google's console downloads it. */
export function serviceAccountKey(account: ServiceAccount): object {
  ensureKey(account);
  return {
    type: "service_account",
    project_id: /@([^.]+)\./.exec(account.email)?.[1] ?? "",
    private_key_id: "sandbox",
    private_key: account.privateKey,
    client_email: account.email,
    client_id: digitsOf(account.email, 21),
    token_uri: "https://oauth2.googleapis.com/token",
  };
}
