import { describe, expect, test } from "vitest";
import { CODES, rowOf } from "../../provider/codes/codes.ts";
import { classify, isRetried, REPLIES, rowOfReply } from "../../provider/mail/classification.ts";
import {
  initialResponse,
  type MailProtocol,
  MailProtocolError,
  MailRefusal,
  parseChallenge,
} from "../../provider/mail/reply.ts";
import { minted } from "../../provider/redaction/secrets.ts";

const refusal = (protocol: MailProtocol, status: string, text: string) =>
  classify(new MailRefusal({ protocol, status, text }));

/** At least one known reply per row of the table: code, class, protocol, status, text. */
const KNOWN: readonly [string, string, MailProtocol, string, string][] = [
  [
    "IMAP_DISABLED_BY_ADMIN",
    "access-disabled",
    "imap",
    "NO",
    "[ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)",
  ],
  [
    "IMAP_DISABLED",
    "access-disabled",
    "imap",
    "NO",
    "[ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)",
  ],
  ["POP_DISABLED_BY_ADMIN", "access-disabled", "pop3", "-ERR", "[SYS/PERM] POP access is disabled for your domain."],
  ["POP_DISABLED", "access-disabled", "pop3", "-ERR", "[SYS/PERM] Your account is not enabled for POP access."],
  [
    "WEB_LOGIN_REQUIRED",
    "human-needed",
    "imap",
    "NO",
    "[ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
  ],
  [
    "WEB_LOGIN_REQUIRED",
    "human-needed",
    "smtp",
    "534",
    "5.7.14 Please log in via your web browser and then try again.",
  ],
  ["PASSWORD_EXPECTED", "protocol", "smtp", "534", "5.7.9 Application-specific password required."],
  ["TOO_MANY_CONNECTIONS", "throttled", "imap", "NO", "[ALERT] Too many simultaneous connections. (Failure)"],
  ["TOO_MANY_CONNECTIONS", "throttled", "pop3", "-ERR", "[IN-USE] locked"],
  ["TOO_MANY_CONNECTIONS", "throttled", "imap", "NO", "[LIMIT] Maximum number of connections from user+IP exceeded"],
  ["MAILBOX_FULL", "quota", "smtp", "552", "5.2.2 Recipient address rejected: Mailbox is full"],
  ["TOO_MANY_LOGINS", "throttled", "smtp", "454", "4.7.0 Too many login attempts, please try again later."],
  ["BANDWIDTH_QUOTA", "quota", "imap", "NO", "[OVERQUOTA] Account exceeded command or bandwidth limits."],
  ["SENDING_LIMIT", "quota", "smtp", "550", "5.4.5 Daily user sending limit exceeded."],
  ["MAILBOX_FULL", "quota", "smtp", "452", "4.2.2 The recipient's inbox is out of storage space"],
  ["BLOCKED_BY_POLICY", "policy", "imap", "NO", "Not allowed by the policy of your organisation"],
  ["TEMPORARY", "transient", "imap", "NO", "[UNAVAILABLE] Temporary authentication failure."],
  ["TEMPORARY", "transient", "smtp", "454", "4.7.0 Cannot authenticate due to temporary system problem"],
  ["TLS_REQUIRED", "protocol", "smtp", "530", "5.7.0 Must issue a STARTTLS command first"],
  ["TOKEN_REFUSED", "authentication", "imap", "NO", "[AUTHENTICATIONFAILED] Invalid credentials (Failure)"],
  ["TOKEN_REFUSED", "authentication", "pop3", "-ERR", "[AUTH] Username and password not accepted."],
  ["TOKEN_REFUSED", "authentication", "smtp", "535", "5.7.8 https://support.google.com/mail/?p=BadCredentials"],
  ["COMMAND_REFUSED", "protocol", "imap", "BAD", "Unknown command"],
  ["COMMAND_REFUSED", "protocol", "smtp", "502", "5.5.1 Unrecognized command."],
  ["TEMPORARY", "transient", "smtp", "421", "closing"],
];

describe("a refusal of Gmail", () => {
  test.each(KNOWN)("%s is %s (%s %s %s)", (code, expected, protocol, status, text) => {
    expect(refusal(protocol, status, text).code).toBe(code);
    expect(rowOf(refusal(protocol, status, text).code).class).toBe(expected);
  });

  test("is covered row by row: a row that no known reply reaches is none", () => {
    const reached = new Set(KNOWN.map(([, , protocol, status, text]) => rowOfReply({ protocol, status, text })));
    expect(REPLIES.filter((row) => !reached.has(row))).toEqual([]);
  });

  test("that nobody has seen before is a refused login, with the server's own words", () => {
    expect(refusal("imap", "NO", "Computer says no")).toMatchObject({
      code: "TOKEN_REFUSED",
      said: "the server said: NO Computer says no",
    });
  });
});

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
    ["ETIMEDOUT", "TIMEOUT"],
  ])("%s is %s", (code, expected) => {
    expect(classify(Object.assign(new Error("x"), { code: "ESOCKET", originalCode: code })).code).toBe(expected);
  });

  test("is retried only where it may pass by itself", () => {
    const retried = Object.values(CODES).filter(({ class: its }) => its === "throttled" || its === "transient");
    expect(retried.every((row) => "again" in row)).toBe(true);
    expect(isRetried({ code: "CONNECTION_CUT", said: "" })).toBe(true);
    expect(isRetried({ code: "TOKEN_REFUSED", said: "" })).toBe(false);
  });

  test("shows no token, whoever wrote it", () => {
    const token = minted("ya29.a0planted-token-0123456789");
    for (const error of [
      new Error(token),
      new MailProtocolError(`BAD ${token}`),
      new MailRefusal({ protocol: "imap", status: "NO", text: `${"x".repeat(500)}${token}` }),
      new MailRefusal({ protocol: "imap", status: "BAD", text: initialResponse("XOAUTH2", "anna@a.example", token) }),
    ]) {
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
    expect(() => initialResponse("XOAUTH2", user, token)).toThrow(MailProtocolError);
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
