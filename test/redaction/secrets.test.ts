import { expect, test } from "vitest";
import { learn, mask } from "../../provider/redaction/secrets.ts";
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
  learn(value);
  for (const [spelling, text] of shown) {
    const clean = mask(`sent ${text} by ${EMAIL}`);
    for (const line of [...body, ...body.map(encodeURIComponent)]) expect(clean.includes(line), spelling).toBe(false);
    expect(clean).toContain(`by ${EMAIL}`);
  }
});

test("of what was given only the secrets are learned, and nothing that is short", () => {
  learn({ nested: ["p@ss word+1", 5, null] });
  learn({ web: { client_id: "1234567890-abcdef.apps.googleusercontent.com", client_secret: "GOCSPX-planted-1234" } });
  learn({ refreshToken: "1//0planted-refresh-token", clientId: "1234567890-abcdef.apps.googleusercontent.com" });
  learn("abc");
  expect(mask("a p@ss word+1 b p%40ss%20word%2B1 c abcdef")).toBe("a [secret] b [secret] c abcdef");
  expect(
    mask("1234567890-abcdef.apps.googleusercontent.com has GOCSPX-planted-1234 and 1//0planted-refresh-token"),
  ).toBe("1234567890-abcdef.apps.googleusercontent.com has [secret] and [secret]");
});

test("what leaves drives no terminal, and keeps what is ours", () => {
  const ours = "a\tb\nc\r\n\u001b[31mred\u001b[0m Zo\u00EB \u05D0\u{1F469}\u200D\u{1F4BB}";
  expect(mask(ours)).toBe(ours);
  expect(mask("x\u001b[2J\u001b]0;title\u0007y\u009b31m\u0000z\u202Eabc\u2066")).toBe("x [2J ]0;title y 31m z abc ");
});
