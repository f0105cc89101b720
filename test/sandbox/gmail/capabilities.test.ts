import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ANNA, base64, GmailFixture, oauthBearer, type RawClient, xoauth2 } from "./fixture.ts";
import { loggedIn, send } from "./mail.ts";

let gmail: GmailFixture;
beforeAll(async () => {
  gmail = await GmailFixture.start();
});
beforeEach(() => gmail.reset());
afterAll(() => gmail[Symbol.asyncDispose]());

const IMAP = "imap.gmail.com:993";
const POP3 = "pop.gmail.com:995";
const SMTP = "smtp.gmail.com:465";
const MESSAGE = "Subject: Hello\r\n\r\nline 1\r\nline 2\r\n";

/** What has to work where it is announced. */
type Exercise = () => Promise<void>;

/** Exercises by what is announced, which must be the same: nothing is announced that is not tried here. */
function exercises(announced: () => Promise<string[]>, table: Readonly<Record<string, Exercise>>): void {
  it("is all tried here", async () => {
    expect((await announced()).sort()).toEqual(Object.keys(table).sort());
  });
  it.each(Object.entries(table))("%s", (_, exercise) => exercise());
}

async function greeted(service: string): Promise<RawClient> {
  const client = await gmail.open(service);
  await client.until(/./);
  return client;
}

/** Each line is asked, and the reply holds what stands beside it. */
async function talk(client: RawClient, last: RegExp, lines: readonly (readonly [line: string, reply: string])[]) {
  for (const [line, reply] of lines) expect(await client.ask(line, last)).toContain(reply);
  client[Symbol.dispose]();
}

const asAnna =
  (...lines: readonly (readonly [string, string])[]) =>
  async () =>
    talk(await loggedIn(gmail, IMAP), /^a /, lines);

const imapLogin = (mechanism: string, response: string, reply: string) => async () =>
  talk(await greeted(IMAP), /^a /, [[`a AUTHENTICATE ${mechanism} ${response}`, reply]]);

describe("what IMAP announces before the login", () => {
  exercises(() => capabilities(greeted(IMAP)), {
    IMAP4rev1: async () => talk(await greeted(IMAP), /^a /, [["a NOOP", "a OK"]]),
    UNSELECT: asAnna(["a SELECT INBOX", "a OK"], ["a UNSELECT", "a OK"]),
    NAMESPACE: asAnna(["a NAMESPACE", '* NAMESPACE (("" "/")) NIL NIL']),
    ID: async () => talk(await greeted(IMAP), /^a /, [["a ID NIL", '* ID ("name" "GImap"']]),
    XLIST: asAnna(['a XLIST "" "*"', '* XLIST (\\HasNoChildren \\Sent) "/" "[Gmail]/Sent Mail"']),
    CHILDREN: asAnna(['a LIST "" "%"', '* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"']),
    "SASL-IR": imapLogin("XOAUTH2", xoauth2(), "a OK"),
    "AUTH=XOAUTH2": imapLogin("XOAUTH2", xoauth2(), "a OK"),
    "AUTH=OAUTHBEARER": imapLogin("OAUTHBEARER", oauthBearer(), "a OK"),
    // Gmail takes only passwords of apps, and no account has one here.
    "AUTH=PLAIN": imapLogin("PLAIN", base64("\0anna\0secret"), "a NO [ALERT] Application-specific password required"),
  });
});

describe("what IMAP announces after the login", () => {
  const common = ["IMAP4rev1", "UNSELECT", "NAMESPACE", "ID", "XLIST", "CHILDREN"];
  const further = async () => (await capabilities(loggedIn(gmail, IMAP))).filter((name) => !common.includes(name));

  it("holds what it has announced before", async () => {
    expect(await capabilities(loggedIn(gmail, IMAP))).toEqual(expect.arrayContaining(common));
  });

  exercises(further, {
    UIDPLUS: asAnna(
      ["a APPEND INBOX {1+}\r\nx", "a OK [APPENDUID "],
      ["a SELECT INBOX", "[UIDNEXT 2]"],
      ["a COPY 1 [Gmail]/Trash", " 1 1] (Success)"],
      ["a UID STORE 1 +FLAGS (\\Deleted)", "a OK"],
      ["a UID EXPUNGE 1", "* 1 EXPUNGE\r\na OK"],
    ),
    MOVE: asAnna(
      ["a APPEND INBOX (\\Flagged) {1+}\r\nx", "a OK"],
      ["a SELECT INBOX", "* 1 EXISTS"],
      ["a MOVE 1 [Gmail]/Trash", "* 1 EXPUNGE\r\na OK"],
      ["a SELECT [Gmail]/Trash", "* 1 EXISTS"],
      ["a FETCH 1 FLAGS", "FLAGS (\\Flagged)"],
    ),
    "LIST-EXTENDED": asAnna([
      'a LIST (SUBSCRIBED) "" ("INBOX" "nothing") RETURN (CHILDREN)',
      '* LIST (\\HasNoChildren \\Subscribed) "/" "INBOX"',
    ]),
    "LITERAL-": asAnna(["a SELECT {5+}\r\nINBOX", "a OK [READ-WRITE]"]),
    "SPECIAL-USE": asAnna(['a LIST (SPECIAL-USE) "" "*"', '* LIST (\\HasNoChildren \\Trash) "/" "[Gmail]/Trash"']),
    "APPENDLIMIT=35651584": async () => {
      using client = await loggedIn(gmail, IMAP);
      expect(await client.ask("a APPEND INBOX {35651585}", /^a /)).toContain("a BAD [TOOBIG]");
      expect(await client.ask("a APPEND INBOX {35651584}", /^\+ /)).toBe("+ go ahead\r\n");
      client.send("x".repeat(35_651_584));
      expect(await client.ask("", /^a /)).toContain("a OK [APPENDUID ");
    },
  });
});

async function capabilities(opening: Promise<RawClient>): Promise<string[]> {
  using client = await opening;
  const reply = await client.ask("c CAPABILITY", /^c /);
  return /^\* CAPABILITY (.*)\r$/m.exec(reply)?.[1]?.split(" ") ?? [];
}

describe("what POP3 announces", () => {
  const announced = async () => {
    using client = await greeted(POP3);
    return (await client.ask("CAPA", /^\.\r/)).split("\r\n").slice(1, -2);
  };
  const withMail = (line: string, last: RegExp, reply: string) => async () => {
    await send(gmail, MESSAGE);
    await talk(await loggedIn(gmail, POP3), last, [[line, reply]]);
  };

  exercises(announced, {
    // As for IMAP's AUTH=PLAIN.
    USER: async () =>
      talk(await greeted(POP3), /./, [
        ["USER anna", "+OK"],
        ["PASS secret", "-ERR [AUTH]"],
      ]),
    "RESP-CODES": async () => {
      gmail.anna.condition = "too-many-connections";
      await talk(await greeted(POP3), /./, [[`AUTH XOAUTH2 ${xoauth2()}`, "-ERR [IN-USE] "]]);
    },
    TOP: withMail("TOP 1 1", /^\.\r/, "+OK message follows\r\nSubject: Hello\r\n\r\nline 1\r\n.\r\n"),
    UIDL: withMail("UIDL 1", /./, "+OK 1 GmailId"),
    "SASL PLAIN XOAUTH2": async () => {
      await talk(await greeted(POP3), /./, [
        [`AUTH PLAIN ${base64("\0anna\0secret")}`, "-ERR [AUTH] Application-specific"],
      ]);
      await talk(await greeted(POP3), /./, [[`AUTH XOAUTH2 ${xoauth2()}`, "+OK Welcome."]]);
    },
  });
});

describe("what SMTP announces", () => {
  const LAST = /^\d{3} /;
  const announced = async () => {
    using client = await greeted(SMTP);
    using plain = await greeted("smtp.gmail.com:587");
    const replies = [await client.ask("EHLO a", LAST), await plain.ask("EHLO a", LAST)];
    return [
      ...new Set(replies.flatMap((reply) => reply.trimEnd().split("\r\n").slice(1)).map((line) => line.slice(4))),
    ];
  };
  const sending =
    (...lines: readonly (readonly [string, string])[]) =>
    async () =>
      talk(await loggedIn(gmail, SMTP), LAST, lines);
  /** The message as it has come in. */
  const arrived = async () => {
    using client = await loggedIn(gmail, POP3);
    return await client.ask("RETR 1", /^\.\r/);
  };

  exercises(announced, {
    STARTTLS: async () => {
      using client = await greeted("smtp.gmail.com:587");
      await client.ask("EHLO a", LAST);
      expect(await client.ask("STARTTLS", LAST)).toContain("220 2.0.0");
      await client.startTls("smtp.gmail.com", gmail.ca);
      expect(await client.ask("EHLO a", LAST)).toContain("250-AUTH");
    },
    "AUTH LOGIN PLAIN XOAUTH2 OAUTHBEARER": async () => {
      const login = async (line: string, reply: string) =>
        talk(await greeted(SMTP), LAST, [
          ["EHLO a", "250"],
          [line, reply],
        ]);
      await login(`AUTH XOAUTH2 ${xoauth2()}`, "235 2.7.0");
      await login(`AUTH OAUTHBEARER ${oauthBearer()}`, "235 2.7.0");
      // As for IMAP's AUTH=PLAIN.
      await login(`AUTH PLAIN ${base64("\0anna\0secret")}`, "534-5.7.9 Application-specific password");
      await login("AUTH LOGIN", "534-5.7.9 Application-specific password");
    },
    "SIZE 35882577": sending(
      [`MAIL FROM:<${ANNA}> SIZE=35882578`, "552 5.3.4"],
      [`MAIL FROM:<${ANNA}> SIZE=35882577`, "250 2.1.0"],
    ),
    "8BITMIME": async () => {
      await sending(
        [`MAIL FROM:<${ANNA}> BODY=8BITMIME`, "250"],
        [`RCPT TO:<${ANNA}>`, "250"],
        ["DATA", "354"],
        ["Subject: x\r\n\r\nGrüße\r\n.", "250"],
      )();
      expect(Buffer.from(await arrived(), "latin1").toString()).toContain("\r\nGrüße\r\n");
    },
    ENHANCEDSTATUSCODES: sending(["RCPT TO:<a@b.example>", "503 5.5.1"], ["NOOP", "250 2.0.0"]),
    PIPELINING: async () => {
      using client = await loggedIn(gmail, SMTP);
      client.send(`MAIL FROM:<${ANNA}>\r\nRCPT TO:<${ANNA}>\r\nDATA\r\n`);
      expect(await client.until(/^354 /)).toMatch(/250 2\.1\.0[\s\S]*250 2\.1\.5[\s\S]*354/);
    },
    SMTPUTF8: async () => {
      gmail.anna.aliases = ["änna@northwind.example"];
      await sending(
        [`MAIL FROM:<${ANNA}> SMTPUTF8`, "250"],
        ["RCPT TO:<änna@northwind.example>", "250"],
        ["DATA", "354"],
        ["To: änna@northwind.example\r\n\r\nx\r\n.", "250"],
      )();
      expect(Buffer.from(await arrived(), "latin1").toString()).toContain("To: änna@northwind.example\r\n");
    },
  });
});
