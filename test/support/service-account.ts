import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { temporaryDirectory } from "./sandbox.ts";

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

/** The Google credentials of a pipeline: environment variables that name a key file which the sandbox knows. */
export function pipelineCredentials({ world }: Sandbox, email: string): { GOOGLE_APPLICATION_CREDENTIALS: string } {
  const { publicKey, keyFile } = newServiceAccount(email);
  world.google.serviceAccounts.push({ email, publicKey, delegatedScopes: [] });
  const file = join(temporaryDirectory(), "credentials.json");
  writeFileSync(file, keyFile);
  return { GOOGLE_APPLICATION_CREDENTIALS: file };
}
