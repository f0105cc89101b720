import { afterEach, beforeEach, expect, test } from "vitest";
import { rowOf } from "../../provider/codes/codes.ts";
import { checkMail, checkRoundTrip, type MailCheck } from "../../provider/mail/check.ts";
import { converse } from "../../provider/mail/conversation.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { CASES } from "../mail/cases.ts";
import { describeLive } from "./describe-live.ts";

const ADDRESS = "anna@northwind.example";

const SERVERS = {
  imap: { host: "imap.gmail.com", port: 993 },
  pop3: { host: "pop.gmail.com", port: 995 },
  smtp: { host: "smtp.gmail.com", port: 587 },
} as const;

const verdicts = (checks: readonly MailCheck[]) =>
  Object.fromEntries(
    checks.map(({ protocol, problem }) => [protocol, problem ? `${rowOf(problem.code).class} ${problem.code}` : "ok"]),
  );

/** The same table of cases as the sandbox has, as far as it is about tokens: Dovecot and Postfix are no Gmail. */
describeLive("our checks against real Dovecot and Postfix", (lab) => {
  let network: Network;
  beforeEach(() => {
    network = new Network({ connectTo: lab().connectTo, caFile: lab().caFile }, {});
  });
  afterEach(() => network.close());

  async function check(
    token: string,
    servers: Parameters<typeof checkMail>[0]["servers"] = SERVERS,
    milliseconds = 15_000,
  ) {
    const deadline = Deadline.after(milliseconds);
    try {
      return await checkMail({ address: ADDRESS, accessToken: token, servers, network, deadline });
    } finally {
      deadline[Symbol.dispose]();
    }
  }

  test.each(CASES.filter(({ account }) => account === undefined))("show $name", async ({ token, expected }) => {
    const presented = lab().token(token, ADDRESS);
    const checks = await check(presented);
    expect(verdicts(checks)).toEqual(expected);
    expect(JSON.stringify(checks)).not.toContain(presented);
  });

  test("log in by SMTP with TLS from the start", async () => {
    const checks = await check(lab().token("good", ADDRESS), { smtp: { host: "smtp.gmail.com", port: 465 } });
    expect(verdicts(checks)).toEqual({ smtp: "ok" });
  });

  test("tell an identity provider that is down from a refused token, where the server does", async () => {
    lab().setIdentityProvider("down");
    try {
      const { imap: imapVerdict, pop3 } = verdicts(
        await check(lab().token("good", ADDRESS), { imap: SERVERS.imap, pop3: SERVERS.pop3 }, 1500),
      );
      expect({ imap: imapVerdict, pop3 }).toEqual({ imap: "transient TEMPORARY", pop3: "transient TEMPORARY" });
    } finally {
      lab().setIdentityProvider("up");
    }
  });

  test("send a message to itself, find it again and remove it", async () => {
    const deadline = Deadline.after(20_000);
    const options = { address: ADDRESS, accessToken: lab().token("good", ADDRESS), network, deadline };
    const servers = { imap: SERVERS.imap, smtp: SERVERS.smtp };
    expect(await checkRoundTrip(options, servers)).toMatchObject({ problem: undefined });
    const { lines } = await converse("imap", { ...options, peer: SERVERS.imap }, "reads", (conversation) =>
      conversation.demand("inbox", "EXAMINE INBOX"),
    );
    expect(lines).toContain("0 EXISTS");
    deadline[Symbol.dispose]();
  });

  test("pass a full mailbox: the logins work, and a full mailbox is no broken one", async () => {
    await lab().setQuota(ADDRESS, "over");
    try {
      expect(verdicts(await check(lab().token("good", ADDRESS)))).toEqual({ imap: "ok", pop3: "ok", smtp: "ok" });
    } finally {
      await lab().setQuota(ADDRESS, "free");
    }
  });

  test("name a certificate that is for another name", async () => {
    await lab().useWrongCertificate(true);
    try {
      expect(verdicts(await check(lab().token("good", ADDRESS)))).toEqual({
        imap: "network CERTIFICATE_NAME",
        pop3: "network CERTIFICATE_NAME",
        smtp: "network CERTIFICATE_NAME",
      });
    } finally {
      await lab().useWrongCertificate(false);
    }
  });
});
