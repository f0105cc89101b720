import { describe, expect, test } from "vitest";
import { CODES } from "../../provider/codes/codes.ts";
import { classify, isRetried } from "../../provider/mail/classification.ts";
import type { MailCommand } from "../../provider/mail/protocol.ts";
import { ConversationFailure, MailFailure, MailRefusal, protocolFailure } from "../../provider/mail/reply.ts";
import { initialResponse, parseChallenge } from "../../provider/mail/sasl.ts";
import { minted } from "../../provider/redaction/secrets.ts";

const PEER = { host: "imap.gmail.com", port: 993 };
const failure = (cause: unknown, command: MailCommand = "token", connected = true) =>
  new ConversationFailure(PEER, { command, verb: "AUTHENTICATE", connected }, cause);

describe("a failure without an answer", () => {
  test.each([
    ["ENOTFOUND", "DNS"],
    ["ECONNREFUSED", "REFUSED"],
    ["ENETUNREACH", "UNREACHABLE"],
    ["CERT_HAS_EXPIRED", "CERTIFICATE_EXPIRED"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "CERTIFICATE_NAME"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "CERTIFICATE_UNTRUSTED"],
    ["EPROTO", "TLS"],
    ["ECONNRESET", "CONNECTION_CUT"],
    ["INVALID_PURPOSE", "CERTIFICATE_PURPOSE"],
    ["INVALID_CA", "TLS"],
    ["CRL_HAS_EXPIRED", "TLS"],
    ["ETIMEDOUT", "TIMEOUT"],
  ])("%s is %s", (code, expected) => {
    const { code: seen, said } = classify(failure(Object.assign(new Error("raw: 0A00010B:SSL routines"), { code })));
    expect(seen).toBe(expected);
    // In our words, with the code that people search for.
    expect(said).toMatch(new RegExp(`^imap.gmail.com:993: [a-z ,]+ after AUTHENTICATE \\(${code}\\)$`, "i"));
  });

  test("is retried only where it may pass by itself", () => {
    const retried = Object.values(CODES).filter((row) => "passes" in row);
    expect(retried.length).toBeGreaterThan(0);
    expect(retried.every((row) => "again" in row)).toBe(true);
    expect(isRetried({ code: "CONNECTION_CUT", said: "" })).toBe(true);
    expect(isRetried({ code: "TOKEN_REFUSED", said: "" })).toBe(false);
  });

  test("shows no token, whoever wrote it", () => {
    const token = minted("ya29.a0planted-token-0123456789");
    const refusal = { protocol: "imap", command: "token", verb: "AUTHENTICATE" } as const;
    for (const error of [
      new Error(token),
      protocolFailure(`BAD ${token}`),
      new MailRefusal({ ...refusal, status: "NO", text: `${"x".repeat(500)}${token}` }),
      new MailRefusal({ ...refusal, status: "BAD", text: initialResponse("XOAUTH2", "anna@a.example", token) }),
    ].flatMap((one) => [one, failure(one)])) {
      const { said } = classify(error);
      expect(said).not.toContain("planted");
      expect(said).not.toContain(Buffer.from("planted-token").toString("base64").slice(1, 14));
    }
  });
});

describe("SASL", () => {
  test("the initial response is framed as Google documents it", () => {
    expect(Buffer.from(initialResponse("XOAUTH2", "a@b.example", "t"), "base64").toString()).toBe(
      "user=a@b.example\x01auth=Bearer t\x01\x01",
    );
  });

  test.each([
    ["a\nb", "t"],
    ["a@b.example", "t\x01"],
    ["a@b.example", "t ü"],
  ])("user %j with token %j is refused before it is sent", (user, token) => {
    expect(() => initialResponse("XOAUTH2", user, token)).toThrow(MailFailure);
  });

  test("what cannot be sent is not blamed on the server", () => {
    expect(() => initialResponse("XOAUTH2", "a@b.example", "t\n")).toThrow(
      expect.objectContaining({
        code: "TOKEN",
        message: "the token holds white space or other characters that cannot be sent",
      }),
    );
  });

  test("of a challenge three members are kept, and nothing of what is too large or none", () => {
    const base64 = (value: string) => Buffer.from(value).toString("base64");
    expect(parseChallenge(base64('{"status":"400","schemes":"Bearer","scope":"s","more":"x"}'))).toEqual({
      status: "400",
      schemes: "Bearer",
      scope: "s",
    });
    expect(parseChallenge(base64(`{"status":"${"4".repeat(5000)}"}`))).toBeUndefined();
    expect(parseChallenge("no json")).toBeUndefined();
  });
});
