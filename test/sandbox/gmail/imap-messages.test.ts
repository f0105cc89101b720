import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GmailFixture, type RawClient } from "./fixture.ts";
import { loggedIn, send } from "./mail.ts";

let gmail: GmailFixture;
beforeAll(async () => {
  gmail = await GmailFixture.start();
});
beforeEach(() => gmail.reset());
afterAll(() => gmail[Symbol.asyncDispose]());

const FIRST = [
  "From: Anna Berg <anna@northwind.example>",
  "To: anna@northwind.example",
  "Subject: First",
  " of two",
  "Message-ID: <First@Northwind.Example>",
  "Date: Mon, 2 Nov 2026 10:00:00 +0100",
  "",
  "Hello",
  "",
].join("\r\n");
const SECOND =
  "From: bert@northwind.example\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nDate: Tue, 3 Nov 2026 10:00:00 +0100\r\n\r\nSecond text\r\n";

const PARTS = [
  "Content-Type: multipart/mixed; boundary=x",
  "",
  "preamble",
  "--x",
  "Content-Type: text/plain",
  "",
  "one",
  "",
  "--x",
  "Content-Type: message/rfc822",
  "",
  "Subject: inner",
  "",
  "inner text",
  "--x--",
  "",
].join("\r\n");

async function inbox(how: "SELECT" | "EXAMINE" = "SELECT"): Promise<RawClient> {
  const client = await loggedIn(gmail, "imap.gmail.com:993");
  await client.ask(`o ${how} INBOX`, /^o OK/);
  return client;
}

describe("SEARCH", () => {
  it.each([
    ["ALL", "1 2"],
    ["2", "2"],
    ["1:*", "1 2"],
    ["*", "2"],
    ["UID 2:9", "2"],
    ['HEADER message-id "<FIRST@northwind.example>"', "1"],
    ['HEADER Subject "first of TWO"', "1"],
    ['HEADER Message-ID ""', "1"],
    ["FROM bert", "2"],
    ["SUBJECT {6+}\r\nGrüß", "2"],
    ["CHARSET utf-8 TEXT hello", "1"],
    ["BODY hello SUBJECT second", ""],
    ["ALL FROM anna SUBJECT first", "1"],
    ["NOT FROM anna", "2"],
    ["OR FROM anna FROM bert", "1 2"],
    ["OR (FROM anna BODY nothing) NOT (FROM anna)", "2"],
    ["UNSEEN", "1 2"],
    ["SEEN", ""],
    ["SENTON 2-Nov-2026", "1"],
    ["SENTSINCE 3-Nov-2026", "2"],
    ["SENTBEFORE 3-Nov-2026", "1"],
    ["SINCE 1-Jan-2020", "1 2"],
    ["BEFORE 1-Jan-2020", ""],
    [`LARGER ${SECOND.length}`, "1"],
    [`SMALLER ${FIRST.length}`, "2"],
  ])("%s finds [%s], by number and by UID", async (criteria, found) => {
    await send(gmail, FIRST);
    await send(gmail, SECOND);
    using client = await inbox();
    const line = `* SEARCH${found && ` ${found}`}\r\n`;
    expect(await client.ask(`a SEARCH ${criteria}`, /^a /)).toBe(`${line}a OK Success\r\n`);
    expect(await client.ask(`b UID SEARCH ${criteria}`, /^b /)).toBe(`${line}b OK Success\r\n`);
  });

  it.each([
    ["", "BAD Could not parse command"],
    ["MOOD", "BAD Could not parse command"],
    ["HEADER Subject", "BAD Could not parse command"],
    ["OR ALL", "BAD Could not parse command"],
    ["SINCE yesterday", "BAD Could not parse command"],
    [`${"NOT ".repeat(200)}ALL`, "BAD Could not parse command"],
    ["CHARSET KOI8-R ALL", "NO [BADCHARSET (US-ASCII UTF-8)]"],
  ])("%s makes no sense", async (criteria, refusal) => {
    using client = await inbox();
    expect(await client.ask(`a SEARCH ${criteria}`, /^a /)).toContain(`a ${refusal}`);
  });
});

describe("FETCH", () => {
  it.each([
    ["FLAGS", "FLAGS ()"],
    ["RFC822.SIZE", `RFC822.SIZE ${FIRST.length}`],
    ["(UID FLAGS)", "UID 1 FLAGS ()"],
    ["BODY.PEEK[]", `BODY[] {${FIRST.length}}\r\n${FIRST}`],
    ["BODY.PEEK[TEXT]", "BODY[TEXT] {7}\r\nHello\r\n"],
    ["BODY.PEEK[1]", "BODY[1] {7}\r\nHello\r\n"],
    ["BODY.PEEK[]<0.5>", "BODY[]<0> {5}\r\nFrom:"],
    ["BODY.PEEK[TEXT]<6.100>", "BODY[TEXT]<6> {1}\r\n\n"],
    ["BODY.PEEK[TEXT]<600.100>", "BODY[TEXT]<600> {0}\r\n"],
    ["BODY.PEEK[2]", "BODY[2] NIL"],
    [
      "BODY.PEEK[HEADER.FIELDS (subject X-None)]",
      "BODY[HEADER.FIELDS (subject X-None)] {27}\r\nSubject: First\r\n of two\r\n\r\n",
    ],
    [
      "BODY.PEEK[HEADER.FIELDS.NOT (From To Subject Date)]",
      "BODY[HEADER.FIELDS.NOT (From To Subject Date)] {41}\r\nMessage-ID: <First@Northwind.Example>\r\n\r\n",
    ],
    [
      "ENVELOPE",
      'ENVELOPE ("Mon, 2 Nov 2026 10:00:00 +0100" "First of two" (("Anna Berg" NIL "anna" "northwind.example")) (("Anna Berg" NIL "anna" "northwind.example")) (("Anna Berg" NIL "anna" "northwind.example")) ((NIL NIL "anna" "northwind.example")) NIL NIL NIL "<First@Northwind.Example>")',
    ],
    ["BODY", 'BODY ("text" "plain" NIL NIL NIL "7bit" 7 1)'],
    ["BODYSTRUCTURE", 'BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 7 1 NIL NIL NIL NIL)'],
  ])("%s shows what was sent", async (items, shown) => {
    await send(gmail, FIRST);
    using client = await inbox();
    expect(await client.ask(`a FETCH 1 ${items}`, /^a /)).toBe(`* 1 FETCH (${shown})\r\na OK Success\r\n`);
  });

  it.each([
    ["1", "one\r\n"],
    ["1.MIME", "Content-Type: text/plain\r\n\r\n"],
    ["2.HEADER", "Subject: inner\r\n\r\n"],
    ["2.TEXT", "inner text"],
    ["2.1", "inner text"],
    ["2", "Subject: inner\r\n\r\ninner text"],
    ["1.1", undefined],
    ["3", undefined],
    ["1.HEADER", undefined],
  ])("BODY[%s] shows that part of a message, or nothing where there is none", async (part, text) => {
    await send(gmail, PARTS);
    using client = await inbox();
    const shown = text === undefined ? "NIL" : `{${text.length}}\r\n${text}`;
    expect(await client.ask(`a FETCH 1 BODY.PEEK[${part}]`, /^a /)).toBe(
      `* 1 FETCH (BODY[${part}] ${shown})\r\na OK Success\r\n`,
    );
  });

  it.each([
    ["without its last delimiter", PARTS.replace("--x--\r\n", ""), 2],
    ["without any", PARTS.replaceAll("--x", ""), 0],
    ["without a name for them", PARTS.replace("boundary=x", ""), 0],
  ])("describes a multipart %s", async (_, message, parts) => {
    await send(gmail, message);
    using client = await inbox();
    const shown = await client.ask("a FETCH 1 BODY", /^a /);
    expect(shown.match(/\("(text|message)"/g) ?? []).toHaveLength(parts === 0 ? 1 : parts + 1);
    expect(shown.includes('"mixed"')).toBe(parts > 0);
  });

  it("by UID shows the UID, once", async () => {
    await send(gmail, FIRST);
    using client = await inbox();
    expect(await client.ask("a UID FETCH 1:* FLAGS", /^a /)).toContain("* 1 FETCH (UID 1 FLAGS ())\r\n");
    expect(await client.ask("b UID FETCH 1 (FLAGS UID)", /^b /)).toContain("* 1 FETCH (UID 1 FLAGS ())\r\n");
    expect(await client.ask("c UID FETCH 7 FLAGS", /^c /)).toBe("c OK Success\r\n");
  });

  it("of the whole marks a message as read and says so, but not where the folder is read-only", async () => {
    await send(gmail, FIRST);
    using looking = await inbox("EXAMINE");
    expect(await looking.ask("a FETCH 1 BODY[]", /^a /)).not.toContain("Seen");
    using client = await inbox();
    expect(await client.ask("a FETCH 1 BODY[]", /^a /)).toMatch(/^\* 1 FETCH \(FLAGS \(\\Seen\) BODY\[\] \{/);
    expect(await client.ask("b FETCH 1 (FLAGS BODY[TEXT])", /^b /)).toContain("(FLAGS (\\Seen) BODY[TEXT] {7}");
    expect(await client.ask("c STATUS INBOX (UNSEEN)", /^c /)).toContain("(UNSEEN 0)");
  });

  it.each(["1", "1 ()", "1 MOOD", "0:x FLAGS", "1 BODY[0x]", `1 (${"BODY[] ".repeat(60)})`])(
    "%s makes no sense",
    async (given) => {
      using client = await inbox();
      expect(await client.ask(`a FETCH ${given}`, /^a /)).toBe("a BAD Could not parse command\r\n");
    },
  );

  it("has an end: who asks for too much at once is told to ask for less", async () => {
    await send(gmail, `Subject: long\r\n\r\n${`${"x".repeat(60_000)}\r\n`.repeat(80)}`);
    using client = await inbox();
    const items = Array.from({ length: 30 }, (_, from) => `BODY.PEEK[]<${from}.9999999>`).join(" ");
    expect(await client.ask(`a FETCH 1 (${items})`, /^a /)).toContain("a NO [LIMIT]");
  });
});

describe("STORE", () => {
  it("sets, adds and takes flags, for all clients and later logins", async () => {
    await send(gmail, FIRST);
    using client = await inbox();
    using other = await inbox();
    expect(await client.ask("a STORE 1 +FLAGS (\\flagged Work)", /^a /)).toContain(
      "* 1 FETCH (FLAGS (\\Flagged Work))\r\n",
    );
    expect(await client.ask("b UID STORE 1 -FLAGS Work", /^b /)).toContain("* 1 FETCH (UID 1 FLAGS (\\Flagged))\r\n");
    expect(await client.ask("c STORE 1 FLAGS.SILENT (\\Answered)", /^c /)).toBe("c OK Success\r\n");
    expect(await other.ask("d NOOP", /^d /)).toBe("* 1 FETCH (UID 1 FLAGS (\\Answered))\r\nd OK Success\r\n");
    using later = await inbox();
    expect(await later.ask("e SEARCH ANSWERED UNFLAGGED", /^e /)).toContain("* SEARCH 1\r\n");
  });

  it("refuses what is no flag, and a folder that is read-only", async () => {
    await send(gmail, FIRST);
    using client = await inbox();
    expect(await client.ask("a STORE 1 +FLAGS (\\Recent)", /^a /)).toContain("a BAD");
    expect(await client.ask("b STORE 1 MOOD (good)", /^b /)).toContain("b BAD");
    expect(
      await client.ask(`c STORE 1 FLAGS (${Array.from({ length: 60 }, (_, n) => `k${n}`).join(" ")})`, /^c /),
    ).toContain("c BAD");
    using looking = await inbox("EXAMINE");
    expect(await looking.ask("a STORE 1 +FLAGS (\\Seen)", /^a /)).toContain("a NO [READ-ONLY]");
    expect(await looking.ask("b EXPUNGE", /^b /)).toContain("b NO [READ-ONLY]");
    expect(await looking.ask("c MOVE 1 [Gmail]/Trash", /^c /)).toContain("c NO [READ-ONLY]");
  });
});

describe("what changes meanwhile", () => {
  it.each(["NOOP", "CHECK", "UID SEARCH ALL"])("shows at %s", async (command) => {
    using client = await inbox();
    await send(gmail, FIRST);
    expect(await client.ask(`a ${command}`, /^a /)).toContain("* 1 EXISTS\r\na OK");
    expect(await client.ask(`b ${command}`, /^b /)).not.toContain("EXISTS");
  });

  it("does not move the numbers under a client that goes by them", async () => {
    for (const text of [FIRST, SECOND]) await send(gmail, text);
    using client = await inbox();
    using other = await inbox();
    await other.ask("a STORE 1 +FLAGS (\\Deleted)", /^a OK/);
    expect(await other.ask("b EXPUNGE", /^b /)).toBe("* 1 EXPUNGE\r\nb OK Success\r\n");
    expect(await client.ask("c FETCH 2 (UID)", /^c /)).toBe("* 2 FETCH (UID 2)\r\nc OK Success\r\n");
    expect(await client.ask("d NOOP", /^d /)).toBe("* 1 EXPUNGE\r\nd OK Success\r\n");
    expect(await client.ask("e FETCH 1 (UID)", /^e /)).toContain("* 1 FETCH (UID 2)\r\n");
  });

  it("never makes UIDNEXT fall, whatever is removed", async () => {
    for (const text of [FIRST, SECOND]) await send(gmail, text);
    using client = await inbox();
    const next = () => client.ask("n STATUS INBOX (UIDNEXT)", /^n /);
    expect(await next()).toContain("(UIDNEXT 3)");
    await client.ask("a UID STORE 2 +FLAGS (\\Deleted)", /^a OK/);
    expect(await client.ask("b UID EXPUNGE 1", /^b /)).toBe("b OK Success\r\n");
    expect(await client.ask("c UID EXPUNGE 2", /^c /)).toBe("* 2 EXPUNGE\r\nc OK Success\r\n");
    expect(await next()).toContain("(UIDNEXT 3)");
    // It changes with new messages of this folder only (RFC 3501 §2.3.1.1).
    await client.ask("d COPY 1 [Gmail]/Trash", /^d OK/);
    expect(await next()).toContain("(UIDNEXT 3)");
    await send(gmail, SECOND);
    expect(await client.ask("e UID SEARCH ALL", /^e /)).toContain("* SEARCH 1\r\n* 2 EXISTS\r\n");
    expect(await next()).toContain("(UIDNEXT 4)");
  });

  it("shows another world as another folder", async () => {
    await send(gmail, FIRST);
    using client = await inbox();
    const validity = () => client.ask("v STATUS INBOX (UIDVALIDITY MESSAGES)", /^v /);
    const before = await validity();
    gmail.reset();
    expect(await client.ask("a NOOP", /^a /)).toBe("* 1 EXPUNGE\r\na OK Success\r\n");
    expect(await validity()).not.toBe(before);
  });
});

it("removes what is marked at CLOSE without a word, and not at UNSELECT", async () => {
  await send(gmail, FIRST);
  using client = await inbox();
  await client.ask("a STORE 1 +FLAGS.SILENT (\\Deleted)", /^a OK/);
  await client.ask("b UNSELECT", /^b OK/);
  expect(await client.ask("c SELECT INBOX", /^c /)).toContain("* 1 EXISTS");
  expect(await client.ask("d CLOSE", /^d /)).toBe("d OK Returned to authenticated state. (Success)\r\n");
  expect(await client.ask("e SELECT INBOX", /^e /)).toContain("* 0 EXISTS");
});

it("keeps what is sent in the sender's Sent Mail, to whomever it goes", async () => {
  await send(gmail, FIRST, "somebody@elsewhere.example");
  using client = await loggedIn(gmail, "imap.gmail.com:993");
  expect(await client.ask('a SELECT "[Gmail]/Sent Mail"', /^a /)).toContain("* 1 EXISTS");
  expect(await client.ask("b FETCH 1 (FLAGS BODY[TEXT])", /^b /)).toContain("(FLAGS (\\Seen) BODY[TEXT] {7}\r\nHello");
  expect(await client.ask("c SELECT INBOX", /^c /)).toContain("* 0 EXISTS");
});

it("has folders that nobody can change", async () => {
  using client = await loggedIn(gmail, "imap.gmail.com:993");
  for (const command of ["CREATE Work", "DELETE INBOX", "RENAME INBOX Work", "UNSUBSCRIBE INBOX"]) {
    expect(await client.ask(`a ${command}`, /^a /)).toContain("a NO [CANNOT]");
  }
  expect(await client.ask("b SUBSCRIBE INBOX", /^b /)).toContain("b OK");
  expect(await client.ask("c APPEND Nowhere {1+}\r\nx", /^c /)).toContain("c NO [TRYCREATE]");
});

it("copies and moves nothing where nothing is chosen", async () => {
  using client = await inbox();
  expect(await client.ask("a UID COPY 7 [Gmail]/Trash", /^a /)).toBe("a OK Success\r\n");
  expect(await client.ask("b UID MOVE 7 [Gmail]/Trash", /^b /)).toBe("b OK Success\r\n");
  expect(await client.ask("c UID MOVE 7 Nowhere", /^c /)).toContain("c NO [TRYCREATE]");
});

it("shows nothing of messages while no folder is open", async () => {
  using client = await loggedIn(gmail, "imap.gmail.com:993");
  for (const command of ["FETCH 1 FLAGS", "UID SEARCH ALL", "STORE 1 FLAGS ()", "EXPUNGE", "CHECK"]) {
    expect(await client.ask(`a ${command}`, /^a /)).toBe("a BAD No mailbox selected\r\n");
  }
});
