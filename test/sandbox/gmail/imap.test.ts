import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AccountCondition } from "../../../sandbox/google/state.ts";
import { ANNA, base64, CHALLENGE, GmailFixture, oauthBearer, type RawClient, TOKEN, xoauth2 } from "./fixture.ts";

let gmail: GmailFixture;
beforeAll(async () => {
  gmail = await GmailFixture.start();
});
beforeEach(() => gmail.reset());
afterAll(() => gmail[Symbol.asyncDispose]());

async function open(): Promise<RawClient> {
  const client = await gmail.open("imap.gmail.com:993");
  await client.until(/^\* OK Gimap ready for requests from 127\.0\.0\.1 \w+\r$/m);
  return client;
}

async function loggedIn(): Promise<RawClient> {
  const client = await open();
  expect(await client.ask(`x AUTHENTICATE XOAUTH2 ${xoauth2()}`, /^x /)).toContain("x OK ");
  return client;
}

it("serves what a common client asks, in its order", async () => {
  using client = await open();
  expect(await client.ask("1 CAPABILITY", /^1 /)).toMatch(
    /^\* CAPABILITY IMAP4rev1 UNSELECT .* SASL-IR AUTH=XOAUTH2 .*AUTH=OAUTHBEARER\r\n1 OK Thats all she wrote! \w+\r\n$/,
  );
  expect(await client.ask('2 ID ("name" "test" "version" NIL)', /^2 /)).toMatch(
    /^\* ID \(.*"GImap".*\)\r\n2 OK Success\r\n$/,
  );
  expect(await client.ask(`3 AUTHENTICATE OAUTHBEARER ${oauthBearer()}`, /^3 /)).toMatch(
    /^\* CAPABILITY IMAP4rev1 .* SPECIAL-USE .*\r\n3 OK anna@northwind\.example authenticated \(Success\)\r\n$/,
  );
  expect(await client.ask("4 ID NIL", /^4 /)).toContain("4 OK Success");
  expect(await client.ask("5 NAMESPACE", /^5 /)).toBe('* NAMESPACE (("" "/")) NIL NIL\r\n5 OK Success\r\n');
  const listed = await client.ask('6 LIST "" "*" RETURN (SPECIAL-USE CHILDREN SUBSCRIBED)', /^6 /);
  expect(listed).toContain('* LIST (\\HasNoChildren \\Subscribed) "/" "INBOX"\r\n');
  expect(listed).toContain('* LIST (\\HasNoChildren \\Sent \\Subscribed) "/" "[Gmail]/Sent Mail"\r\n');
  expect(await client.ask('7 LSUB "" "*"', /^7 /)).toContain('* LSUB (\\HasNoChildren) "/" "INBOX"\r\n');
  expect(await client.ask("8 EXAMINE inbox", /^8 /)).toMatch(/\* 0 EXISTS\r\n[\s\S]*8 OK \[READ-ONLY\] INBOX selected/);
  expect(await client.ask("9 UNSELECT", /^9 /)).toContain("9 OK");
  expect(await client.ask("a LOGOUT", /^a /)).toBe("* BYE LOGOUT Requested\r\na OK 73 good day (Success)\r\n");
  await client.closed();
});

const SEND_SCOPE = "https://www.googleapis.com/auth/gmail.send";

describe("AUTHENTICATE", () => {
  it.each([
    ["XOAUTH2", xoauth2()],
    ["OAUTHBEARER", oauthBearer()],
    ["XOAUTH2", xoauth2(ANNA.toUpperCase())],
  ])("takes %s in one step and in two", async (mechanism, response) => {
    using one = await open();
    expect(await one.ask(`a AUTHENTICATE ${mechanism} ${response}`, /^a /)).toContain("a OK");
    using two = await open();
    expect(await two.ask(`a authenticate ${mechanism.toLowerCase()}`, /^\+/)).toBe("+ \r\n");
    expect(await two.ask(response, /^a /)).toContain("a OK");
  });

  const bad: readonly [string, () => string][] = [
    ["an unknown token", () => xoauth2(ANNA, "ya29.sandbox-unknown")],
    ["another user's token", () => xoauth2("bert@northwind.example")],
    ["a user that Gmail does not have", () => xoauth2("nobody@northwind.example")],
    ["an expired token", () => xoauth2(ANNA, gmail.addToken({ token: "old", expiresAt: Date.now() - 1 }))],
    ["a token of another scope", () => xoauth2(ANNA, gmail.addToken({ token: "send", scope: SEND_SCOPE }))],
    ["a response that is no XOAUTH2", () => base64("user=anna auth=Bearer x")],
    ["an empty response", () => "="],
  ];
  it.each(bad)("refuses %s with the same challenge and words", async (_name, response) => {
    using client = await open();
    expect(await client.ask(`a AUTHENTICATE XOAUTH2 ${response()}`, /^(\+|a )/)).toBe(`+ ${CHALLENGE}\r\n`);
    const refusal = "a NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n";
    expect(await client.ask("", /^a /)).toBe(refusal);
    expect(await client.ask(`b AUTHENTICATE OAUTHBEARER ${oauthBearer(ANNA, "bad")}`, /^(\+|b )/)).toContain(CHALLENGE);
    expect(await client.ask("AQ==", /^b /)).toBe(refusal.replace("a", "b"));
    expect(await client.ask(`c AUTHENTICATE XOAUTH2 ${xoauth2()}`, /^c /)).toContain("c OK");
  });

  it("tells a broken line and a cancelled one from bad credentials", async () => {
    using client = await open();
    expect(await client.ask("a AUTHENTICATE XOAUTH2 ***", /^a /)).toContain("a BAD");
    await client.ask("b AUTHENTICATE XOAUTH2", /^\+/);
    expect(await client.ask("*", /^b /)).toContain("b BAD");
    expect(await client.ask("c AUTHENTICATE CRAM-MD5", /^c /)).toContain("c NO [CANNOT]");
  });

  it("takes no password", async () => {
    using client = await open();
    expect(await client.ask("a LOGIN anna secret", /^a /)).toContain(
      "a NO [ALERT] Application-specific password required",
    );
    expect(await client.ask(`b AUTHENTICATE PLAIN ${base64("\0anna\0secret")}`, /^b /)).toContain(
      "Application-specific",
    );
  });
});

const REFUSED: readonly [AccountCondition, string][] = [
  [
    "web-login-required",
    "* NO [WEBALERT https://support.google.com/mail/accounts/answer/78754] Web login required.\r\na NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)\r\n",
  ],
  ["too-many-connections", "a NO [ALERT] Too many simultaneous connections. (Failure)\r\n"],
  ["over-quota", "a NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)\r\n"],
  ["unavailable", "a NO [UNAVAILABLE] Temporary System Error (Failure)\r\n"],
];
it.each(REFUSED)("refuses an account in condition %s at once", async (condition, reply) => {
  gmail.anna.condition = condition;
  using client = await open();
  expect(await client.ask(`a AUTHENTICATE XOAUTH2 ${xoauth2()}`, /^(\+|a )/)).toBe(reply);
  gmail.anna.condition = "ok";
  expect(await client.ask(`a AUTHENTICATE XOAUTH2 ${xoauth2()}`, /^(\+|a )/)).toContain("a OK");
});

it.each([
  ["off-by-user", "Your account is not enabled for IMAP use."],
  ["off-by-admin", "IMAP access is disabled for your domain."],
] as const)("says that IMAP is %s, whatever POP is", async (setting, text) => {
  gmail.anna.imap = setting;
  gmail.anna.pop = "on";
  using client = await open();
  expect(await client.ask(`a AUTHENTICATE XOAUTH2 ${xoauth2()}`, /^(\+|a )/)).toContain(`a NO [ALERT] ${text}`);
});

it("lets an account have 15 connections, and another one when one of them has gone", async () => {
  const clients = await Promise.all(Array.from({ length: 15 }, loggedIn));
  using late = await open();
  const attempt = () => late.ask(`a AUTHENTICATE XOAUTH2 ${xoauth2()}`, /^(\+|a )/);
  expect(await attempt()).toBe("a NO [ALERT] Too many simultaneous connections. (Failure)\r\n");
  clients[0]?.socket.destroy();
  await expect.poll(attempt).toContain("a OK");
  for (const client of clients) client[Symbol.dispose]();
});

describe("folders", () => {
  const names = (text: string) => [...text.matchAll(/"\/" "(.*)"\r$/gm)].map(([, name]) => name);

  it.each([
    ['"" %', ["INBOX", "[Gmail]"]],
    ['"[Gmail]/" "S%"', ["[Gmail]/Sent Mail", "[Gmail]/Spam", "[Gmail]/Starred"]],
    ['"" inbox', ["INBOX"]],
    ['"" ("INBOX" "*ra*")', ["INBOX", "[Gmail]/Drafts", "[Gmail]/Trash"]],
    ['"" "nothing"', []],
    ['(SPECIAL-USE) "" "*D*"', ["[Gmail]/Drafts"]],
  ])("lists those that LIST %s asks for", async (given, expected) => {
    using client = await loggedIn();
    expect(names(await client.ask(`a LIST ${given}`, /^a OK/))).toEqual(expected);
  });

  it("tells the delimiter", async () => {
    using client = await loggedIn();
    expect(await client.ask('a LIST "" ""', /^a /)).toBe('* LIST (\\Noselect) "/" "/"\r\na OK Success\r\n');
  });

  it("tells a folder that is not there from a command that makes no sense", async () => {
    using client = await loggedIn();
    expect(await client.ask("a SELECT Nowhere", /^a /)).toBe(
      "a NO [NONEXISTENT] Unknown Mailbox: Nowhere (Failure)\r\n",
    );
    expect(await client.ask("b SELECT [Gmail]", /^b /)).toContain("b NO [NONEXISTENT]");
    expect(await client.ask("c SELECT (", /^c /)).toBe("c BAD Could not parse command\r\n");
    expect(await client.ask("d STATUS INBOX (MESSAGES UIDNEXT)", /^d /)).toBe(
      '* STATUS "INBOX" (MESSAGES 0 UIDNEXT 1)\r\nd OK Success\r\n',
    );
    expect(await client.ask("e STATUS INBOX (MOOD)", /^e /)).toContain("e BAD");
    expect(await client.ask("f CLOSE", /^f /)).toContain("f BAD");
  });

  it("shows none before the login", async () => {
    using client = await open();
    expect(await client.ask('a LIST "" "*"', /^a /)).toMatch(/^a BAD Unknown command \w+\r\n$/);
  });
});

describe("a literal", () => {
  it("may stand for a string, and comes unasked when it is small", async () => {
    using client = await loggedIn();
    expect(await client.ask("a SELECT {5}", /^\+ /)).toBe("+ go ahead\r\n");
    expect(await client.ask("inbox", /^a /)).toContain("a OK [READ-WRITE] INBOX selected");
    expect(await client.ask("b STATUS {5+}\r\nINBOX (MESSAGES)", /^b /)).toContain('* STATUS "INBOX" (MESSAGES 0)');
  });

  it("that is too large is refused, and ends the talk when it comes all the same", async () => {
    using client = await loggedIn();
    expect(await client.ask("a SELECT {70000}", /^a /)).toMatch(/^a BAD \[TOOBIG\]/);
    expect(await client.ask("b APPEND INBOX {35700000}", /^b /)).toMatch(/^b BAD \[TOOBIG\]/);
    expect(await client.ask("c NOOP", /^c /)).toBe("c OK Success\r\n");
    await client.ask("d SELECT {4097+}", /^\* BYE/);
    await client.closed();
  });

  it("is small before the login, whatever the command", async () => {
    using client = await open();
    expect(await client.ask("a APPEND INBOX {70000}", /^a /)).toMatch(/^a BAD \[TOOBIG\]/);
  });
});

it("looks at the world as it is at each login", async () => {
  gmail.state = { ...gmail.state, tokens: [] };
  using client = await open();
  await client.ask(`a AUTHENTICATE XOAUTH2 ${xoauth2(ANNA, TOKEN)}`, /^\+/);
  expect(await client.ask("", /^a /)).toContain("a NO [AUTHENTICATIONFAILED]");
});
