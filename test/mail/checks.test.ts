import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { rowOf } from "../../provider/codes/codes.ts";
import { checkMail, type MailCheck, type MailCheckOptions } from "../../provider/mail/check.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, testSandbox } from "../support/sandbox.ts";
import { CASES, type Case } from "./cases.ts";

const ADDRESS = "anna@northwind.example";
const TOKEN = "ya29.test-token-that-must-not-be-shown";

const SERVERS = {
  imap: { host: "imap.gmail.com", port: 993 },
  pop3: { host: "pop.gmail.com", port: 995 },
  smtp: { host: "smtp.gmail.com", port: 587 },
} as const;

describe("the mailbox's own login", () => {
  let sandbox: Sandbox;
  let network: Network;

  beforeAll(async () => {
    sandbox = await testSandbox();
    network = new Network({}, { ...sandbox.environment });
  });
  afterAll(() => network.close());
  beforeEach(() => administer(sandbox, "reset", ""));

  function issue(kind: Case["token"]): void {
    sandbox.world.google.tokens.push({
      token: TOKEN,
      address: kind === "other-user" ? "bert@northwind.example" : ADDRESS,
      clientId: SEED_CLIENT_ID,
      scope: kind === "wrong-scope" ? "https://www.googleapis.com/auth/gmail.send" : MAIL_SCOPE,
      expiresAt: Date.now() + (kind === "expired" ? -1000 : 60_000),
    });
  }

  async function check(
    servers: MailCheckOptions["servers"] = SERVERS,
    milliseconds = 20_000,
    way = network,
  ): Promise<readonly MailCheck[]> {
    const deadline = Deadline.after(milliseconds);
    try {
      return await checkMail({ address: ADDRESS, accessToken: TOKEN, servers, network: way, deadline });
    } finally {
      deadline[Symbol.dispose]();
    }
  }

  const verdicts = (checks: readonly MailCheck[]) =>
    Object.fromEntries(
      checks.map(({ protocol, problem }) => [
        protocol,
        problem ? `${rowOf(problem.code).class} ${problem.code}` : "ok",
      ]),
    );

  test.each(CASES)("shows $name", async ({ token, account, expected }) => {
    issue(token);
    if (account) await administer(sandbox, "set-account", ADDRESS, account);
    const checks = await check();
    expect(verdicts(checks)).toEqual(expected);
    expect(JSON.stringify(checks)).not.toContain(TOKEN);
    for (const { attempts } of checks) expect(attempts).toBe(1);
  });

  test("works by SMTP with TLS from the start too", async () => {
    issue("good");
    expect(verdicts(await check({ ...SERVERS, smtp: { host: "smtp.gmail.com", port: 465 } }))).toMatchObject({
      smtp: "ok",
    });
  });

  test("shows the challenge that came before the refusal", async () => {
    issue("expired");
    const messages = (await check()).map(({ problem }) => problem?.said);
    for (const message of messages)
      expect(message).toContain("its challenge said status 400, scope https://mail.google.com/");
  });

  test.each([
    ["too-many-connections", "throttled TOO_MANY_"],
    ["unavailable", "transient TEMPORARY"],
  ])("tries again when the account is %s, because that may pass", async (condition, expected) => {
    issue("good");
    await administer(sandbox, "set-account", ADDRESS, { condition });
    const pending = check();
    setTimeout(() => void administer(sandbox, "set-account", ADDRESS, { condition: "ok" }), 300);
    const checks = await pending;
    expect(verdicts(checks)).toEqual({ imap: "ok", pop3: "ok", smtp: "ok" });
    expect(checks.every(({ attempts }) => attempts === 2)).toBe(true);

    await administer(sandbox, "set-account", ADDRESS, { condition });
    const lasting = await check(SERVERS, 1000);
    for (const one of lasting) expect(verdicts([one])[one.protocol]).toContain(expected);
  });

  test("names what is wrong with the certificate", async () => {
    issue("good");
    const without = new Network({}, { GMAILSYNC_CONNECT_TO: sandbox.environment["GMAILSYNC_CONNECT_TO"] });
    expect(verdicts(await check(SERVERS, 20_000, without))).toEqual({
      imap: "network CERTIFICATE_UNTRUSTED",
      pop3: "network CERTIFICATE_UNTRUSTED",
      smtp: "network CERTIFICATE_UNTRUSTED",
    });
    const imap = network.resolve("imap.gmail.com", 993);
    const wrongName = new Network(
      { connectTo: { "mail.example.com:993": `${imap.host}:${imap.port}` } },
      { GMAILSYNC_CA_FILE: sandbox.environment["GMAILSYNC_CA_FILE"] },
    );
    const checks = await checkMail({
      address: ADDRESS,
      accessToken: TOKEN,
      servers: { imap: { host: "mail.example.com", port: 993 } },
      network: wrongName,
      deadline: Deadline.after(5000),
    });
    expect(verdicts(checks)).toEqual({ imap: "network CERTIFICATE_NAME" });
    await Promise.all([without.close(), wrongName.close()]);
  });

  test("says when nobody listens, and when the time is over", async () => {
    const nobody = new Network({ connectTo: { "imap.gmail.com:993": "127.0.0.1:1" } }, {});
    const checks = await checkMail({
      address: ADDRESS,
      accessToken: TOKEN,
      servers: { imap: SERVERS.imap },
      network: nobody,
      deadline: Deadline.after(5000),
    });
    expect(verdicts(checks)).toEqual({ imap: "network REFUSED" });
    await nobody.close();
  });

  test("refuses a token that would break the framing, before anything is sent", async () => {
    const checks = await checkMail({
      address: ADDRESS,
      accessToken: "a\u0001b",
      servers: { pop3: SERVERS.pop3, smtp: SERVERS.smtp },
      network,
      deadline: Deadline.after(5000),
    });
    for (const verdict of Object.values(verdicts(checks))) expect(verdict).toBe("authentication TOKEN");
  });

  test("leaves no socket open, after success, refusal and time-out", async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => /TCPSocket|TLSWrap/.test(kind)).length;
    issue("good");
    await check();
    const before = sockets();
    for (let round = 0; round < 5; round++) await check();
    sandbox.world.google.tokens = [];
    for (let round = 0; round < 5; round++) await check();
    for (let round = 0; round < 5; round++) await check(SERVERS, 5);
    await vi.waitFor(() => expect(sockets()).toBeLessThanOrEqual(before), { timeout: 5000 });
  });

  test("a cancellation is thrown, not called a result", async () => {
    issue("good");
    const cancel = new AbortController();
    cancel.abort();
    const deadline = Deadline.after(5000, cancel.signal);
    await expect(
      checkMail({ address: ADDRESS, accessToken: TOKEN, servers: SERVERS, network, deadline }),
    ).rejects.toMatchObject({ kind: "cancelled" });
  });
});
