import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LineServer, startLineServer } from "../../../sandbox/gmail/line-server.ts";
import { ANNA, GmailFixture, RawClient, xoauth2 } from "./fixture.ts";

let gmail: GmailFixture;
beforeAll(async () => {
  gmail = await GmailFixture.start();
});
afterAll(() => gmail[Symbol.asyncDispose]());

/** A whole good talk with each service. */
const TALKS = {
  "imap.gmail.com:993": `a CAPABILITY\r\nb AUTHENTICATE XOAUTH2 ${xoauth2()}\r\nc APPEND INBOX {5}\r\nhello\r\nd SELECT INBOX\r\ne FETCH 1 (ENVELOPE BODY[])\r\nf LOGOUT\r\n`,
  "pop.gmail.com:995": `CAPA\r\nAUTH XOAUTH2 ${xoauth2()}\r\nRETR 1\r\nQUIT\r\n`,
  "smtp.gmail.com:465": `EHLO a\r\nAUTH XOAUTH2 ${xoauth2()}\r\nMAIL FROM:<${ANNA}>\r\nRCPT TO:<${ANNA}>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n`,
  "smtp.gmail.com:587": "EHLO a\r\nSTARTTLS\r\n",
} as const;
const SUCCESS = /^(b OK|\+OK Welcome|235|220 2\.0\.0)/;

describe.each(Object.entries(TALKS))("%s", (service, talk) => {
  async function expectAlive() {
    using client = await gmail.open(service);
    client.send(talk);
    await client.until(SUCCESS);
  }

  it("survives a client that is gone after any byte", { timeout: 20_000 }, async () => {
    for (let length = 0; length < talk.length; length++) {
      using client = await gmail.open(service);
      client.send(talk.slice(0, length));
      // By turns: with a goodbye, and without.
      if (length % 2) client.socket.end();
      else client.socket.destroy();
    }
    await expectAlive();
  });

  it("survives garbage", { timeout: 20_000 }, async () => {
    const line = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...talk.split("\r\n")).map(Buffer.from));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
        using client = await gmail.open(service);
        await client.until(/./);
        for (const bytes of lines) client.send(Buffer.concat([bytes, Buffer.from("\r\n")]));
        client.socket.end();
        await client.closed();
      }),
      { numRuns: 25 },
    );
    await expectAlive();
  });

  it("answers a line of more than 64 KiB by closing, also when it never ends", async () => {
    using client = await gmail.open(service);
    client.send("x".repeat(70_000));
    expect(await client.closed()).toMatch(/too long\r\n$/);
    await expectAlive();
  });

  it("takes a talk that comes byte by byte", async () => {
    using client = await gmail.open(service);
    client.socket.setNoDelay(true);
    for (const byte of talk) client.send(byte);
    await client.until(SUCCESS);
  });
});

it("survives a client that does not speak TLS", async () => {
  const plain = new RawClient(connect(gmail.address("imap.gmail.com:993")));
  plain.send("a CAPABILITY\r\n");
  await plain.closed();
  const client = await gmail.open("smtp.gmail.com:587");
  await client.until(/^220/);
  await client.ask("STARTTLS", /^220/);
  client.send("no handshake at all\r\n");
  await client.closed();
  using alive = await gmail.open("smtp.gmail.com:587");
  await alive.until(/^220/);
});

describe("a line server", () => {
  function start(idleMs: number): Promise<LineServer> {
    return startLineServer({
      certificate: { key: "", cert: "" },
      idleMs,
      farewells: { timeout: "bye" },
      async converse(connection) {
        for (;;) await connection.write(`echo ${await connection.readLine()}`);
      },
    });
  }

  it("closes on a client that is silent, or too slow with a line", async () => {
    const server = await start(100);
    const silent = new RawClient(connect(server.port, "127.0.0.1"));
    const slow = new RawClient(connect(server.port, "127.0.0.1"));
    const drip = setInterval(() => slow.send("x"), 20);
    expect(await silent.closed()).toBe("bye\r\n");
    expect(await slow.closed()).toBe("bye\r\n");
    clearInterval(drip);
    await server.close();
  });

  it("leaves nothing open when it is closed", async () => {
    const server = await start(60_000);
    const clients = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const client = new RawClient(connect(server.port, "127.0.0.1"));
        expect(await client.ask("hello", /./)).toBe("echo hello\r\n");
        return client;
      }),
    );
    await server.close();
    await Promise.all(clients.map((client) => client.closed()));
    const late = connect(server.port, "127.0.0.1");
    await expect(once(late, "connect")).rejects.toThrow("ECONNREFUSED");
  });
});
