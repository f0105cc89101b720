import { expect, test } from "vitest";
import { SecretKeeper } from "../../provider/redaction/secret-keeper.ts";
import { secretsOf } from "../../provider/schema/mail-credential.ts";
import { newServiceAccount } from "../support/service-account.ts";

const EMAIL = "mail@northwind.iam.gserviceaccount.com";
const { keyFile, privateKey } = newServiceAccount(EMAIL, "104200000000000000000");
const body = privateKey.split("\n").slice(1, -2);
const literal = privateKey.replaceAll("\n", "\\n");

/** How it came in. */
const given: [string, unknown][] = [
  ["a key file", keyFile],
  ["a key file inside of JSON", JSON.stringify({ serviceAccountKey: keyFile })],
  ["a key file as an object", JSON.parse(keyFile)],
  ["a key file in base64", Buffer.from(keyFile).toString("base64")],
  ["literal \\n", keyFile.replace(JSON.stringify(privateKey), JSON.stringify(literal))],
  ["one line", keyFile.replace(JSON.stringify(privateKey), JSON.stringify(privateKey.replaceAll("\n", " ")))],
];

/** How it may go out. */
const shown: [string, string][] = [
  ["as it is", privateKey],
  ["in JSON", JSON.stringify(privateKey)],
  ["with literal \\n", literal],
  ["with blanks for line ends", privateKey.replaceAll("\n", " ")],
  ["with CRLF", privateKey.replaceAll("\n", "\r\n")],
  ["in one line", body.join("")],
  ["in a URL", encodeURIComponent(privateKey)],
];

test.each(given)("a private key that came in as %s goes out in no spelling", (_, value) => {
  const keeper = new SecretKeeper();
  keeper.remember(value);
  for (const [spelling, text] of shown) {
    const clean = keeper.scrub(`sent ${text} by ${EMAIL}`);
    for (const line of [...body, ...body.map(encodeURIComponent)]) expect(clean.includes(line), spelling).toBe(false);
    expect(clean).toContain(`by ${EMAIL}`);
  }
});

test("a key is remembered as it was given and as it is used", () => {
  const serviceAccountKey = JSON.stringify({ ...JSON.parse(keyFile), private_key: literal });
  expect(secretsOf({ serviceAccountKey })).toEqual([serviceAccountKey, privateKey]);
});
