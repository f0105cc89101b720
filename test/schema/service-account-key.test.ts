import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { asGiven } from "../../provider/schema/as-given.ts";
import { properties } from "../../provider/schema/define.ts";
import { credentialProblem } from "../../provider/schema/mail-credential.ts";
import { ProviderConfiguration } from "../../provider/schema/provider-configuration.ts";
import { readServiceAccountKey } from "../../provider/schema/service-account-key.ts";
import { newServiceAccount } from "../support/service-account.ts";

const EMAIL = "mail@northwind.iam.gserviceaccount.com";
const { keyFile, privateKey } = newServiceAccount(EMAIL, "104200000000000000000");
const file = JSON.parse(keyFile);
const pkcs1 = createPrivateKey(privateKey).export({ type: "pkcs1", format: "pem" }).toString();
const withKey = (key: string) => JSON.stringify({ ...file, private_key: key });

describe("a service account's key is read", () => {
  test.each<[string, string]>([
    ["as Google's console downloads it", JSON.stringify(file, undefined, 2)],
    ["with a byte order mark", `\uFEFF${keyFile}`],
    ["with literal \\n", withKey(privateKey.replaceAll("\n", "\\n"))],
    ["with literal \\n that was escaped twice", withKey(privateKey.replaceAll("\n", "\\\\n"))],
    ["with blanks for line ends", withKey(privateKey.replaceAll("\n", " "))],
    ["with CRLF", withKey(privateKey.replaceAll("\n", "\r\n"))],
    ["with literal \\r\\n", withKey(privateKey.replaceAll("\n", "\\r\\n"))],
    ["with no final line end", withKey(privateKey.trimEnd())],
    ["with real line ends inside of the JSON's text", keyFile.replaceAll("\\n", "\n")],
    ["of the older form", withKey(pkcs1)],
    ["in base64", Buffer.from(keyFile).toString("base64")],
    [
      "in base64 of several lines",
      `${Buffer.from(keyFile)
        .toString("base64")
        .match(/.{1,76}/g)
        ?.join("\n")}\n`,
    ],
    ["in base64 of what PowerShell writes", Buffer.from(`\uFEFF${keyFile}`, "utf16le").toString("base64")],
    ["as text inside of JSON", JSON.stringify(keyFile)],
  ])("%s", (_, text) => {
    expect(readServiceAccountKey(text)).toEqual({ email: EMAIL, clientId: "104200000000000000000", privateKey });
    expect(credentialProblem({ serviceAccountKey: text })).toBeUndefined();
  });
});

describe("a key that cannot be used is named by what is wrong, never by its value", () => {
  const pem = { privateKeyEncoding: { type: "pkcs8", format: "pem" } } as const;
  const publicKeyEncoding = { type: "spki", format: "pem" } as const;
  const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256", publicKeyEncoding, ...pem });
  const encrypted = (type: "pkcs1" | "pkcs8") =>
    createPrivateKey(privateKey)
      .export({ type, format: "pem", cipher: "aes-256-cbc", passphrase: "planted" })
      .toString();
  const { client_email: _, ...nobody } = file;
  const { private_key: __, ...keyless } = file;

  test.each<[string, string, string]>([
    ["a path", "/planted/key.json", "it is not JSON"],
    ["a list", '["planted"]', "it is not JSON"],
    ["a person's sign-in", '{"type": "authorized_user", "refresh_token": "planted"}', "it is the sign-in of a person"],
    [
      "a federation",
      '{"type": "external_account", "audience": "planted"}',
      "it is a configuration of workload identity federation",
    ],
    ["an impersonation", '{"type": "impersonated_service_account"}', "it is a configuration of impersonation"],
    ["a web client", '{"web": {"client_secret": "planted"}}', "it is an OAuth client"],
    ["a desktop client", '{"installed": {"client_secret": "planted"}}', "it is an OAuth client"],
    ["an unknown type", '{"type": "planted"}', 'it has no "type": "service_account"'],
    ["nobody's key", JSON.stringify(nobody), "client_email is missing"],
    ["an account without a key", JSON.stringify(keyless), "private_key is missing"],
    ["a key that is no PEM", withKey("planted"), "private_key cannot be read: it does not go from -----BEGIN"],
    ["a key that is cut off", withKey(privateKey.slice(0, 800)), "private_key cannot be read: it does not go from"],
    [
      "a key with a part missing",
      withKey(privateKey.replace(/\n.{64}\n/, "\n")),
      "private_key cannot be read: it is cut",
    ],
    ["an encrypted key", withKey(encrypted("pkcs8")), "private_key cannot be read: it is encrypted"],
    ["an encrypted key of the older form", withKey(encrypted("pkcs1")), "private_key cannot be read: it is encrypted"],
    ["a public key", withKey(elliptic.publicKey), "private_key cannot be read: it is a public key"],
    ["an elliptic key", withKey(elliptic.privateKey), "private_key cannot be read: it is of the type ec"],
  ])("%s", (_, text, problem) => {
    const told = credentialProblem({ serviceAccountKey: text }) ?? "";
    expect(told).toContain(`serviceAccountKey: ${problem}`);
    expect(told).toMatch(
      /; (give the whole key file as Google's console downloads it|name it in .*, and give serviceAccountEmail)$/,
    );
    expect(told).not.toMatch(/planted|MII/);
  });
});

describe("a credential is taken", () => {
  const { mailCredential = {} } = properties(ProviderConfiguration);
  const taken = { serviceAccountKey: keyFile };

  test.each<[string, string]>([
    ["as its own JSON", JSON.stringify({ serviceAccountKey: keyFile })],
    ["as the key file as it is", keyFile],
    ["as the key file in base64", Buffer.from(keyFile).toString("base64")],
    ["with the key as an object", JSON.stringify({ serviceAccountKey: file })],
  ])("%s", (_, text) => {
    expect(asGiven(mailCredential, text)).toEqual(taken);
  });

  test("also as an object, with what is not known yet left alone", () => {
    expect(asGiven(mailCredential, file)).toEqual(taken);
    expect(asGiven(mailCredential, { serviceAccountKey: file })).toEqual(taken);
    expect(asGiven(mailCredential, { refreshToken: "1//token" })).toEqual({ refreshToken: "1//token" });
  });
});

test("an access token that no header could carry is told, and not shown", () => {
  expect(credentialProblem({ accessToken: "ya29.a-b_c.d~e+f/g==" })).toBeUndefined();
  for (const accessToken of ["ya29.first\nsecond", "ya29 x", "é"]) {
    const told = credentialProblem({ accessToken }) ?? "";
    expect(told).toContain("accessToken holds what no access token has");
    expect(told).not.toContain("ya29");
  }
});
