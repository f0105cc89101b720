import { generateKeyPairSync } from "node:crypto";

/** A service account with a key of its own, made up for one run. */
export function newServiceAccount(email: string, clientId = "1") {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const key = { type: "service_account", client_email: email, client_id: clientId, private_key: privateKey };
  /** `keyFile` is what Google's console downloads. */
  return { email, publicKey, privateKey, keyFile: JSON.stringify(key) };
}
