import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AccountCondition } from "../../../sandbox/google/state.ts";
import { ANNA, base64, CHALLENGE, GmailFixture, oauthBearer, type RawClient, xoauth2 } from "./fixture.ts";

let gmail: GmailFixture;
beforeAll(async () => {
  gmail = await GmailFixture.start();
});
beforeEach(() => gmail.reset());
afterAll(() => gmail[Symbol.asyncDispose]());

/** The last line of a reply. */
const REPLY = /^\d{3} /;

async function open(port: 465 | 587 = 465): Promise<RawClient> {
  const client = await gmail.open(`smtp.gmail.com:${port}`);
  await client.until(/^220 smtp\.gmail\.com ESMTP \w+ - gsmtp\r$/m);
  return client;
}

async function loggedIn(): Promise<RawClient> {
  const client = await open();
  await client.ask("EHLO [127.0.0.1]", REPLY);
  expect(await client.ask(`AUTH XOAUTH2 ${xoauth2()}`, REPLY)).toBe("235 2.7.0 Accepted\r\n");
  return client;
}

it("offers AUTH under TLS and STARTTLS before it", async () => {
  using secure = await open(465);
  expect(await secure.ask("EHLO [127.0.0.1]", REPLY)).toBe(
    "250-smtp.gmail.com at your service, [127.0.0.1]\r\n250-SIZE 35882577\r\n250-8BITMIME\r\n250-AUTH LOGIN PLAIN XOAUTH2 OAUTHBEARER\r\n250-ENHANCEDSTATUSCODES\r\n250-PIPELINING\r\n250 SMTPUTF8\r\n",
  );
  using plain = await open(587);
  const offers = await plain.ask("EHLO [127.0.0.1]", REPLY);
  expect(offers).toContain("250-STARTTLS\r\n");
  expect(offers).not.toContain("AUTH");
});

it("asks for TLS, then for the greeting, then for the login", async () => {
  using client = await open(587);
  await client.ask("EHLO [127.0.0.1]", REPLY);
  expect(await client.ask(`AUTH XOAUTH2 ${xoauth2()}`, REPLY)).toContain(
    "530 5.7.0 Must issue a STARTTLS command first",
  );
  expect(await client.ask("MAIL FROM:<a@b.example>", REPLY)).toContain("530 5.7.0");
  expect(await client.ask("STARTTLS", REPLY)).toBe("220 2.0.0 Ready to start TLS\r\n");
  await client.startTls("smtp.gmail.com", gmail.ca);
  expect(await client.ask("MAIL FROM:<a@b.example>", REPLY)).toContain("503 5.5.1 EHLO/HELO first.");
  await client.ask("EHLO [127.0.0.1]", REPLY);
  expect(await client.ask("MAIL FROM:<a@b.example>", REPLY)).toContain("530 5.5.1 Authentication Required");
  expect(await client.ask(`AUTH XOAUTH2 ${xoauth2()}`, REPLY)).toContain("235");
  expect(await client.ask("STARTTLS", REPLY)).toContain("503");
});

it("drops a client that sends more in the clear behind STARTTLS", async () => {
  using client = await open(587);
  client.send("EHLO a\r\nSTARTTLS\r\nMAIL FROM:<injected@b.example>\r\n");
  expect(await client.closed()).not.toContain("Ready to start TLS");
});

describe("AUTH", () => {
  it.each([
    ["XOAUTH2", xoauth2()],
    ["OAUTHBEARER", oauthBearer()],
  ])("takes %s in one step and in two", async (mechanism, response) => {
    using one = await open();
    await one.ask("EHLO [127.0.0.1]", REPLY);
    expect(await one.ask(`AUTH ${mechanism} ${response}`, REPLY)).toContain("235 2.7.0");
    expect(await one.ask(`AUTH ${mechanism} ${response}`, REPLY)).toContain("503 5.5.1");
    using two = await open();
    await two.ask("EHLO [127.0.0.1]", REPLY);
    expect(await two.ask(`AUTH ${mechanism}`, REPLY)).toBe("334 \r\n");
    expect(await two.ask(response, REPLY)).toContain("235 2.7.0");
  });

  it("refuses a bad token after a challenge", async () => {
    using client = await open();
    await client.ask("EHLO [127.0.0.1]", REPLY);
    expect(await client.ask(`AUTH XOAUTH2 ${xoauth2(ANNA, "bad")}`, REPLY)).toBe(`334 ${CHALLENGE}\r\n`);
    expect(await client.ask("", REPLY)).toMatch(
      /^535-5\.7\.8 Username and Password not accepted\. .*\r\n535 5\.7\.8 {2}https:\/\/support\.google\.com\/mail\/\?p=BadCredentials \w+ - gsmtp\r\n$/,
    );
  });

  it("takes neither a password nor what it does not know", async () => {
    using client = await open();
    await client.ask("EHLO [127.0.0.1]", REPLY);
    expect(await client.ask(`AUTH PLAIN ${base64("\0anna\0secret")}`, REPLY)).toContain(
      "534-5.7.9 Application-specific",
    );
    expect(await client.ask("AUTH CRAM-MD5", REPLY)).toContain("504 5.7.4");
    expect(await client.ask("AUTH XOAUTH2 ***", REPLY)).toContain("501 5.5.2");
  });

  const refused: readonly [AccountCondition, string][] = [
    ["web-login-required", "534-5.7.14 <https://accounts.google.com/signin/continue?"],
    ["too-many-connections", "454-4.7.0 Too many login attempts"],
    ["unavailable", "454 4.7.0 Cannot authenticate due to temporary system problem"],
    ["over-quota", "235 2.7.0 Accepted"],
    ["sending-limit", "235 2.7.0 Accepted"],
  ];
  it.each(refused)("answers an account in condition %s", async (condition, text) => {
    gmail.anna.condition = condition;
    using client = await open();
    await client.ask("EHLO [127.0.0.1]", REPLY);
    expect(await client.ask(`AUTH XOAUTH2 ${xoauth2()}`, REPLY)).toContain(text);
  });
});

describe("a message", () => {
  it("reaches the inbox, where IMAP and POP3 find it", async () => {
    using client = await loggedIn();
    expect(await client.ask(`MAIL FROM:<${ANNA}> BODY=8BITMIME SIZE=20`, REPLY)).toMatch(/^250 2\.1\.0 OK \w+ - gsmtp/);
    expect(await client.ask(`RCPT TO:<${ANNA.toUpperCase()}>`, REPLY)).toMatch(/^250 2\.1\.5 OK \w+ - gsmtp/);
    expect(await client.ask("RCPT TO:<somebody@elsewhere.example>", REPLY)).toContain("250 2.1.5");
    expect(await client.ask("DATA", REPLY)).toContain("354 Go ahead");
    expect(await client.ask("Subject: hello\r\n\r\n..dot\r\n.", REPLY)).toContain("250 2.0.0 OK");
    expect(await client.ask("QUIT", REPLY)).toContain("221 2.0.0");

    const size = "Subject: hello\r\n\r\n.dot\r\n".length;
    using pop = await gmail.open("pop.gmail.com:995");
    await pop.until(/^\+OK/);
    await pop.ask(`AUTH XOAUTH2 ${xoauth2()}`, /^\+OK/);
    expect(await pop.ask("STAT", /./)).toBe(`+OK 1 ${size}\r\n`);
    expect(await pop.ask("LIST 1", /./)).toBe(`+OK 1 ${size}\r\n`);
    using imap = await gmail.open("imap.gmail.com:993");
    await imap.ask(`a AUTHENTICATE XOAUTH2 ${xoauth2()}`, /^a OK/);
    expect(await imap.ask("b EXAMINE INBOX", /^b /)).toContain("* 1 EXISTS");

    gmail.reset();
    expect(await imap.ask("c STATUS INBOX (MESSAGES)", /^c /)).toContain("(MESSAGES 0)");
  });

  it("to an alias reaches the account that has it", async () => {
    gmail.anna.aliases = ["berg@northwind.example"];
    using client = await loggedIn();
    await client.ask(`MAIL FROM:<${ANNA}>`, REPLY);
    await client.ask("RCPT TO:<Berg@northwind.example>", REPLY);
    await client.ask("DATA", REPLY);
    expect(await client.ask("Subject: hello\r\n\r\n.", REPLY)).toContain("250 2.0.0 OK");
    using pop = await gmail.open("pop.gmail.com:995");
    await pop.until(/^\+OK/);
    await pop.ask(`AUTH XOAUTH2 ${xoauth2()}`, /^\+OK/);
    expect(await pop.ask("STAT", /./)).toMatch(/^\+OK 1 /);
  });

  it("may come in one piece, as PIPELINING allows", async () => {
    using client = await loggedIn();
    client.send(`MAIL FROM:<${ANNA}>\r\nRCPT TO:<${ANNA}>\r\nDATA\r\nhello\r\n.\r\nNOOP\r\n`);
    expect(await client.until(/^250 2\.0\.0 OK \w+ - gsmtp/)).toMatch(
      /2\.1\.0[\s\S]*2\.1\.5[\s\S]*354[\s\S]*250 2\.0\.0 OK {2}/,
    );
  });

  it("is refused at DATA when the day's limit is reached", async () => {
    gmail.anna.condition = "sending-limit";
    using client = await loggedIn();
    await client.ask(`MAIL FROM:<${ANNA}>`, REPLY);
    await client.ask(`RCPT TO:<${ANNA}>`, REPLY);
    expect(await client.ask("DATA", REPLY)).toContain("550 5.4.5 Daily user sending limit exceeded");
  });

  it.each([
    ["MAIL FROM:<a@b.example> RET=HDRS", "555 5.5.2"],
    ["MAIL FROM:a@b.example", "555 5.5.2"],
    ["MAIL FROM:<a@b.example> SIZE=35882578", "552 5.3.4"],
    ["RCPT TO:<a@b.example>", "503 5.5.1"],
    ["DATA", "503 5.5.1"],
    ["VRFY anna", "502 5.5.1"],
  ])("is not begun by %s", async (line, reply) => {
    using client = await loggedIn();
    expect(await client.ask(line, REPLY)).toContain(reply);
  });

  it("has at most 100 recipients", async () => {
    using client = await loggedIn();
    await client.ask(`MAIL FROM:<${ANNA}>`, REPLY);
    for (let count = 0; count < 100; count++) expect(await client.ask(`RCPT TO:<${ANNA}>`, REPLY)).toContain("250");
    expect(await client.ask(`RCPT TO:<${ANNA}>`, REPLY)).toContain("452 4.5.3");
    expect(await client.ask("RSET", REPLY)).toContain("250");
    expect(await client.ask("DATA", REPLY)).toContain("503");
  });

  it("ends the connection when it is larger than announced", async () => {
    using client = await loggedIn();
    await client.ask(`MAIL FROM:<${ANNA}>`, REPLY);
    await client.ask(`RCPT TO:<${ANNA}>`, REPLY);
    await client.ask("DATA", REPLY);
    const line = `${"x".repeat(60_000)}\r\n`;
    for (let sent = 0; sent <= 35_882_577; sent += line.length) client.send(line);
    expect(await client.until(REPLY)).toContain("552 5.3.4");
    await client.closed();
  });
});
