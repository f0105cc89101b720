import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { MAIL_COMMANDS, type MailEffect, type MailFault } from "../../sandbox/faults/fault.ts";
import { IMAP_COMMANDS } from "../../sandbox/gmail/imap-commands.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, changeRow, gmailProfile, mailboxRow, testSandbox } from "../support/sandbox.ts";
import { ANNA, RawClient, xoauth2 } from "./gmail/fixture.ts";

const BERT = "bert@northwind.example";
const HOSTS = { imap: "imap.gmail.com:993", pop3: "pop.gmail.com:995", smtp: "smtp.gmail.com:465" } as const;
const SUBMISSION = "smtp.gmail.com:587";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await testSandbox({ testDelayMs: 1 });
});
beforeEach(() => {
  sandbox.reset();
  for (const address of [ANNA, BERT])
    sandbox.world.google.tokens.push({
      token: tokenOf(address),
      address,
      scope: MAIL_SCOPE,
      clientId: SEED_CLIENT_ID,
      expiresAt: Date.now() + 3_600_000,
    });
});

const tokenOf = (address: string) => `ya29.${address.split("@")[0]}`;
const payload = (address = ANNA) => xoauth2(address, tokenOf(address));

/** A connection that has not begun with TLS yet. */
async function plain(service: string): Promise<RawClient> {
  const [, port] = new RegExp(`${service}=127\\.0\\.0\\.1:(\\d+)`).exec(
    sandbox.environment["GMAILSYNC_CONNECT_TO"] ?? "",
  ) ?? [undefined, ""];
  const socket = connect({ host: "127.0.0.1", port: Number(port) });
  await once(socket, "connect");
  return new RawClient(socket);
}

async function secured(client: RawClient, service: string): Promise<void> {
  const ca = readFileSync(sandbox.environment["GMAILSYNC_CA_FILE"] ?? "", "utf8");
  await client.startTls(service.split(":")[0] ?? "", ca);
}

/** A connection on which the server has spoken. */
async function open(service: keyof typeof HOSTS): Promise<RawClient> {
  const client = await plain(HOSTS[service]);
  await secured(client, HOSTS[service]);
  await client.until(/./);
  return client;
}

/** After the login. */
async function loggedIn(service: keyof typeof HOSTS, address = ANNA): Promise<RawClient> {
  const client = await open(service);
  if (service === "smtp") await client.ask("EHLO test", /^250 /);
  await client.ask(`${service === "imap" ? "a AUTHENTICATE" : "AUTH"} XOAUTH2 ${payload(address)}`, /^(a OK|\+OK|235)/);
  return client;
}

const inbox = async (): Promise<string> => {
  using client = await loggedIn("pop3");
  return (await client.ask("STAT", /^\+OK/)).trim();
};

describe("a reply of choice", () => {
  const REPLY = "- first\n- last";
  test.each<[MailFault["service"], string, string, (client: RawClient) => unknown, string]>([
    ["imap", "CAPABILITY", "t CAPABILITY", () => {}, "- first\r\nt - last\r\n"],
    ["imap", "AUTHENTICATE", `t AUTHENTICATE XOAUTH2 ${payload()}`, () => {}, "- first\r\nt - last\r\n"],
    ["pop3", "CAPA", "CAPA", () => {}, "- first\r\n- last\r\n"],
    ["pop3", "AUTH", `AUTH XOAUTH2 ${payload()}`, () => {}, "- first\r\n- last\r\n"],
    ["smtp", "EHLO", "EHLO test", () => {}, "- first\r\n- last\r\n"],
    [
      "smtp",
      "AUTH",
      `AUTH XOAUTH2 ${payload()}`,
      (client) => client.ask("EHLO test", /^250 /),
      "- first\r\n- last\r\n",
    ],
  ])(
    "of %s to %s comes once, as it was given, and then the server's own",
    async (service, command, line, before, reply) => {
      const fault = sandbox.addFault({ service, command, effect: { reply: REPLY } });
      using client = await open(service);
      await before(client);
      expect(await client.ask(line, /last/)).toBe(reply);
      expect(await client.ask(line, /^(t OK|\+OK|235|250 )/)).not.toContain("last");
      expect(fault).toMatchObject({ matched: 2, disturbed: 1 });
    },
  );

  test.each<[MailFault["service"], string, string]>([
    ["imap", "EXAMINE", "t EXAMINE INBOX"],
    ["pop3", "STAT", "STAT"],
    ["smtp", "MAIL", `MAIL FROM:<${ANNA}>`],
  ])("of %s to %s meets every second one", async (service, command, line) => {
    sandbox.addFault({ service, command, every: 2, effect: { reply: "x no" } });
    const end = /^(t OK|\+OK|250|503|.*x no)/;
    using client = await loggedIn(service);
    const seen = [];
    for (let time = 0; time < 4; time++) seen.push((await client.ask(line, end)).includes("x no"));
    expect(seen).toEqual([false, true, false, true]);
  });

  test("as the first word can be the last", async () => {
    sandbox.addFault({ service: "imap", command: "GREETING", effect: { reply: "* BYE Too busy", close: true } });
    const client = await plain(HOSTS.imap);
    await secured(client, HOSTS.imap);
    expect(await client.closed()).toBe("* BYE Too busy\r\n");
    using again = await open("imap");
    expect(again.received).toMatch(/^\* OK Gimap/);
  });

  test("without a tag is one that begins as such, and the talk goes on", async () => {
    sandbox.addFault({ service: "imap", command: "NOOP", effect: { reply: "* BYE soon" } });
    using client = await open("imap");
    expect(await client.ask("t NOOP", /BYE/)).toBe("* BYE soon\r\n");
    await client.ask("u NOOP", /^u OK/);
  });

  test("to STARTTLS leaves the connection plain, and the next one gets TLS", async () => {
    sandbox.addFault({ service: "smtp", command: "STARTTLS", effect: { reply: "454 4.7.0 TLS not available" } });
    using client = await plain(SUBMISSION);
    await client.ask("EHLO test", /^250 /);
    expect(await client.ask("STARTTLS", /^454/)).toContain("TLS not available");
    expect(await client.ask("EHLO test", /^250 /)).toContain("STARTTLS");
    await client.ask("STARTTLS", /^220/);
    await secured(client, SUBMISSION);
    expect(await client.ask("EHLO test", /^250 /)).toContain("AUTH");
  });
});

test("a fault meets the logins and commands of its account alone", async () => {
  const fault = sandbox.addFault({
    service: "pop3",
    account: [BERT.toUpperCase()],
    every: 1,
    effect: { reply: "-no" },
  });
  using anna = await loggedIn("pop3");
  expect(await anna.ask("STAT", /./)).toMatch(/^\+OK/);
  using bert = await open("pop3");
  await bert.ask("AUTH XOAUTH2", /^\+ /);
  expect(await bert.ask(payload(BERT), /./)).toBe("-no\r\n");
  fault.remove();
  await bert.ask(`AUTH XOAUTH2 ${payload(BERT)}`, /^\+OK/);
  sandbox.addFault({ service: "pop3", account: BERT, effect: { reply: "-no" } });
  expect(await bert.ask("STAT", /./)).toBe("-no\r\n");
});

describe("before TLS", () => {
  test("a connection is cut, or hears plain words", async () => {
    sandbox.addFault({ service: "imap", command: "CONNECT", effect: "reset" });
    expect(await (await plain(HOSTS.imap)).closed()).toBe("");
    sandbox.addFault({ service: "imap", command: "CONNECT", effect: { reply: "blocked", close: true } });
    expect(await (await plain(HOSTS.imap)).closed()).toBe("blocked\r\n");
  });

  test.each<[MailEffect, boolean]>([
    ["hang", false],
    ["no-answer", true],
  ])("%s gives silence; after the handshake: %s", async (effect, handshake) => {
    sandbox.addFault({ service: "smtp", command: "CONNECT", effect });
    using client = await plain(HOSTS.smtp);
    const secure = secured(client, HOSTS.smtp).then(() => true);
    // Another connection's whole handshake and greeting is time enough.
    using _ = await open("smtp");
    expect(await Promise.race([secure, "waits"])).toBe(handshake ? true : "waits");
    expect(client.received).toBe("");
  });
});

describe("a message", () => {
  async function send(client: RawClient): Promise<void> {
    await client.ask(`MAIL FROM:<${ANNA}>`, /^250/);
    await client.ask(`RCPT TO:<${ANNA}>`, /^250/);
    client.send("DATA\r\nSubject: one\r\n\r\nx\r\n.\r\n");
  }

  test.each<[MailEffect, number, "closed" | "silent"]>([
    ["reset", 0, "closed"],
    ["hang", 0, "silent"],
    ["lost-answer", 1, "closed"],
    ["no-answer", 1, "silent"],
    ["half-answer", 1, "closed"],
    [{ reply: "451 4.3.0 Not now" }, 0, "silent"],
    [{ reply: "451 4.3.0 Not now", close: true, done: true }, 1, "closed"],
  ])("that meets %j is delivered %i times, and the connection is then %s", async (effect, delivered, state) => {
    const fault = sandbox.addFault({ service: "smtp", command: "DATA", effect });
    using client = await loggedIn("smtp");
    await send(client);
    await vi.waitFor(() => expect(fault.disturbed).toBe(1), { interval: 5 });
    if (state === "closed") await client.closed();
    await vi.waitFor(async () => expect(await inbox()).toMatch(new RegExp(`^\\+OK ${delivered} `)), { interval: 5 });
    expect(client.socket.destroyed).toBe(state === "closed");
    expect(client.received).not.toMatch(/250 2\.0\.0 OK .*gsmtp/);
  });
});

test("half of an answer ends in the middle of a line", async () => {
  sandbox.addFault({ service: "pop3", command: "STAT", effect: "half-answer" });
  using client = await loggedIn("pop3");
  const before = client.received.length;
  client.send("STAT\r\n");
  const half = (await client.closed()).slice(before);
  expect("+OK 0 0\r\n".startsWith(half)).toBe(true);
  expect(half).toHaveLength(4);
});

test("a slow answer comes after others, and faults work together with an order in the middle", async () => {
  sandbox.addFault({ service: "imap", command: "EXAMINE", effect: { delayMs: 300 } });
  sandbox.addFault({ service: "imap", command: "EXAMINE", effect: { order: `set account ${ANNA} pop=off-by-user` } });
  using slow = await loggedIn("imap");
  using quick = await loggedIn("pop3");
  const answers = [slow.ask("t EXAMINE INBOX", /^t OK/), quick.ask("STAT", /./)];
  expect(await Promise.race(answers)).toMatch(/^\+OK/);
  await Promise.all(answers);
  expect(await quick.ask("STAT", /./)).toContain("not enabled for POP access");
});

test("Test & Enable fails by what the mail server was told to say", async () => {
  changeRow(sandbox, mailboxRow(sandbox, ANNA), {
    _emailserverprofile_value: gmailProfile(sandbox)["emailserverprofileid"] ?? null,
    incomingemaildeliverymethod: 2,
    outgoingemaildeliverymethod: 2,
    emailrouteraccessapproval: 1,
  });
  await administer(sandbox, "fault", "smtp", { command: "AUTH", account: ANNA, reply: "454 4.7.0 a\\n454 4.7.0 Busy" });
  await administer(sandbox, "set-mailbox", ANNA, { testemailconfigurationscheduled: "true" });
  const row = mailboxRow(sandbox, ANNA);
  await vi.waitFor(() => expect(row["testemailconfigurationscheduled"]).toBe(false), { interval: 5 });
  expect(row).toMatchObject({ incomingemailstatus: 1, outgoingemailstatus: 2 });
  expect(JSON.stringify(sandbox.world.dataverse.rows["tracelogs"])).toContain("454: 4.7.0 a");
});

test("every command of an inbox can be disturbed", () => {
  expect(MAIL_COMMANDS.imap).toEqual(expect.arrayContaining([...IMAP_COMMANDS.keys()]));
});

test.each<[string, Record<string, string>, RegExp]>([
  ["imap", { command: "auth", reply: "NO" }, /imap has no command AUTH to disturb; there are CONNECT, GREETING/],
  ["imap", { status: "500" }, /status does not go with imap; known are command, account, reply, close/],
  ["smtp", { stale: "500" }, /stale does not go with smtp/],
  ["dataverse", { reply: "NO" }, /reply does not go with dataverse; known are method, path, row, status/],
  ["pop3", { command: "STAT" }, /an effect is missing: give one of effect, delay, late, order, reply/],
  ["pop3", { effect: "half-chunks" }, /half-chunks is a matter of HTTP/],
  [
    "pop3",
    { delay: "5", reply: "x" },
    /delay and reply do not go together; give one of effect, delay, late, order, reply/,
  ],
])("by hand %s %o is refused, and disturbs nothing", async (service, values, message) => {
  await expect(administer(sandbox, "fault", service, values)).rejects.toThrow(message);
  expect(await inbox()).toBe("+OK 0 0");
});
