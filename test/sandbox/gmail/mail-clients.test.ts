import { ImapFlow } from "imapflow";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ANNA, GmailFixture, TOKEN } from "./fixture.ts";
import { loggedIn, send } from "./mail.ts";

let gmail: GmailFixture;
beforeAll(async () => {
  gmail = await GmailFixture.start();
});
beforeEach(() => gmail.reset());
afterAll(() => gmail[Symbol.asyncDispose]());

const LETTER = {
  from: { name: "Anna Berg", address: ANNA },
  to: [ANNA, "Bert <bert@northwind.example>"],
  subject: "Grüße aus der Werkstatt",
  text: ".begins with a dot\n",
  html: "<p>Grüße</p>",
  messageId: "<letter@northwind.example>",
  attachments: [{ filename: "figures.csv", content: "a;b\n" }],
};

/** What nodemailer sends by the port. */
async function sendLetter(port: 465 | 587 = 465): Promise<void> {
  const transport = createTransport({
    ...gmail.address(`smtp.gmail.com:${port}`),
    secure: port === 465,
    requireTLS: true,
    auth: { type: "OAuth2", user: ANNA, accessToken: TOKEN },
    tls: { servername: "smtp.gmail.com", ca: gmail.ca },
  });
  await transport.sendMail(LETTER);
  transport.close();
}

async function withImap<T>(work: (client: ImapFlow) => Promise<T>): Promise<T> {
  const client = new ImapFlow({
    ...gmail.address("imap.gmail.com:993"),
    servername: "imap.gmail.com",
    secure: true,
    auth: { user: ANNA, accessToken: TOKEN },
    logger: false,
    tls: { ca: gmail.ca },
  });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.mailboxOpen("INBOX");
    return await work(client);
  } finally {
    await client.logout();
  }
}

describe("imapflow", () => {
  it.each([465, 587] as const)("shows what nodemailer has sent by %i", async (port) => {
    await sendLetter(port);
    await withImap(async (client) => {
      const [uid] =
        (await client.search({ header: { "Message-ID": "<LETTER@northwind.example>" } }, { uid: true })) || [];
      const query = { uid: true, envelope: true, bodyStructure: true, source: true, flags: true, size: true };
      const message = await client.fetchOne(String(uid), query, { uid: true });
      if (!message) throw new Error("nothing was found");
      expect(message.envelope).toMatchObject({
        subject: LETTER.subject,
        messageId: LETTER.messageId,
        from: [LETTER.from],
        to: [{ address: ANNA }, { name: "Bert", address: "bert@northwind.example" }],
      });
      expect(message.bodyStructure).toMatchObject({
        type: "multipart/mixed",
        childNodes: [
          { type: "multipart/alternative", childNodes: [{ part: "1.1", type: "text/plain" }, { type: "text/html" }] },
          {
            part: "2",
            type: "text/csv",
            disposition: "attachment",
            dispositionParameters: { filename: "figures.csv" },
          },
        ],
      });
      expect(message.source?.length).toBe(message.size);
      const read = async (part: string) => {
        const { content } = await client.download(String(uid), part, { uid: true });
        return Buffer.concat((await content?.toArray()) ?? []).toString();
      };
      expect(await read("1.1")).toMatch(/^\.begins with a dot\r?\n/);
      expect(await read("1.2")).toBe("<p>Grüße</p>");
      expect(await read("2")).toBe("a;b\n");
    });
  });

  it("flags, moves and deletes what has come", async () => {
    for (let count = 0; count < 3; count++) await sendLetter();
    await withImap(async (client) => {
      expect(await client.messageFlagsAdd("1:2", ["\\Flagged", "$Work"])).toBe(true);
      expect(await client.search({ flagged: true, keyword: "$Work" })).toEqual([1, 2]);
      expect(await client.messageMove("1", "[Gmail]/Trash")).toMatchObject({ destination: "[Gmail]/Trash" });
      expect(await client.messageDelete("1")).toBe(true);
      expect(await client.search({ all: true })).toEqual([1]);
      expect(await client.status("[Gmail]/Trash", { messages: true, uidNext: true })).toMatchObject({
        messages: 1,
        uidNext: 2,
      });
    });
    expect(await withImap(async (client) => client.mailbox)).toMatchObject({ exists: 1, uidNext: 4 });
  });

  it("puts a draft into its folder", async () => {
    await withImap(async (client) => {
      const date = new Date("2026-11-02T10:00:00Z");
      await client.append("[Gmail]/Drafts", "Subject: draft\r\n\r\nx", ["\\Draft"], date);
      await client.mailboxOpen("[Gmail]/Drafts");
      expect(await client.fetchOne("1", { internalDate: true, flags: true })).toMatchObject({
        internalDate: date,
        flags: new Set(["\\Draft"]),
      });
    });
  });

  it("sees new mail at its next command", async () => {
    await withImap(async (client) => {
      await sendLetter();
      await client.noop();
      expect(client.mailbox).toMatchObject({ exists: 1 });
    });
  });
});

describe("POP3", () => {
  const ANY = /./;
  const END = /^\.\r/;

  it("gives whole messages, and takes away what is deleted at the goodbye", async () => {
    await send(gmail, "Subject: one\r\n\r\n.dots\r\n");
    await send(gmail, "Subject: two\r\n\r\nx\r\n");
    using client = await loggedIn(gmail, "pop.gmail.com:995");
    // As many octets as STAT and LIST say, and a dot more for each dot at the beginning of a line.
    expect(await client.ask("RETR 1", END)).toBe("+OK message follows\r\nSubject: one\r\n\r\n..dots\r\n.\r\n");
    expect(await client.ask("LIST 1", ANY)).toBe("+OK 1 23\r\n");
    expect(await client.ask("DELE 1", ANY)).toContain("+OK");
    expect(await client.ask("RETR 1", ANY)).toBe("-ERR Message number out of range.\r\n");
    expect(await client.ask("LIST", END)).toMatch(/^\+OK 1 messages .*\r\n2 \d+\r\n\.\r\n$/);
    await client.ask("RSET", ANY);
    expect(await client.ask("STAT", ANY)).toMatch(/^\+OK 2 /);
    await client.ask("DELE 2", ANY);
    await client.ask("QUIT", ANY);
    await client.closed();
    using later = await loggedIn(gmail, "pop.gmail.com:995");
    expect(await later.ask("STAT", ANY)).toBe("+OK 1 23\r\n");
  });

  it("deletes nothing of a client that leaves without a goodbye", async () => {
    await send(gmail, "Subject: one\r\n\r\nx\r\n");
    const client = await loggedIn(gmail, "pop.gmail.com:995");
    await client.ask("DELE 1", ANY);
    client.socket.destroy();
    using later = await loggedIn(gmail, "pop.gmail.com:995");
    expect(await later.ask("STAT", ANY)).toMatch(/^\+OK 1 /);
  });

  it("names a message by the same id at each login, and no other one by it", async () => {
    const ids = async () => {
      using client = await loggedIn(gmail, "pop.gmail.com:995");
      return (await client.ask("UIDL", END)).split("\r\n").slice(1, -2);
    };
    await send(gmail, "Subject: one\r\n\r\nx\r\n");
    const [first] = await ids();
    await send(gmail, "Subject: two\r\n\r\nx\r\n");
    expect(await ids()).toEqual([first, expect.not.stringContaining(String(first).slice(2))]);
    gmail.reset();
    await send(gmail, "Subject: three\r\n\r\nx\r\n");
    expect(await ids()).toEqual([expect.not.stringContaining(String(first).slice(2))]);
  });
});
