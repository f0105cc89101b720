import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exitOf, rowOf } from "../../provider/codes/codes.ts";
import { checkMail, checkRoundTrip, type MailCheck } from "../../provider/mail/check.ts";
import { isRetried } from "../../provider/mail/classification.ts";
import type { MailProtocol } from "../../provider/mail/protocol.ts";
import { REPLIES, rowOfReply } from "../../provider/mail/replies.ts";
import { MailRefusal } from "../../provider/mail/reply.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { type GmailServers, startGmail } from "../../sandbox/gmail/servers.ts";
import { MAIL_SCOPE, SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import { seedWorld } from "../../sandbox/world/seed.ts";
import { Authority } from "../provider/network/tls.ts";
import { CLASS_OF, MESSAGE_CASES, REPLY_CASES, type ReplyCase } from "./reply-cases.ts";

const ADDRESS = "anna@northwind.example";
const TOKEN = "ya29.token-of-the-table-of-replies";
const SERVERS = {
  imap: { host: "imap.gmail.com", port: 993 },
  pop3: { host: "pop.gmail.com", port: 995 },
  smtp: { host: "smtp.gmail.com", port: 587 },
} as const;

/** A line without its status. */
const textOf = (line: string) => line.replace(/^(\d{3}[ -]|-ERR |NO |BAD |\* \w+ )/, "");

describe("a refusal", () => {
  let authority: Authority;
  let gmail: GmailServers;
  let network: Network;
  let played: ReplyCase | undefined;

  beforeAll(async () => {
    authority = await Authority.make();
    const leaf = await authority.leaf(Object.values(SERVERS).map(({ host }) => host));
    const { google } = seedWorld(1);
    google.tokens.push({
      token: TOKEN,
      address: ADDRESS,
      clientId: SEED_CLIENT_ID,
      scope: MAIL_SCOPE,
      expiresAt: Date.now() + 3_600_000,
    });
    gmail = await startGmail({
      state: () => google,
      tls: () => leaf,
      meet: async ({ service, command }, work) => {
        if (service !== played?.protocol || command !== played.command) return work();
        // The sandbox writes bytes as they are.
        const lines = played.lines.map((line) => Buffer.from(line, "utf8").toString("latin1"));
        return { lines, final: played.lines.at(-1)?.startsWith("*") === true };
      },
    });
    network = new Network({ connectTo: gmail.connectTo, caFile: authority.file }, {});
  });
  afterAll(async () => {
    await Promise.all([gmail.close(), network.close(), authority[Symbol.asyncDispose]()]);
  });

  /** Too short for another attempt, and long enough for one. */
  async function check({ protocol }: ReplyCase): Promise<MailCheck["problem"]> {
    const deadline = Deadline.after(1900);
    const servers = { [protocol]: SERVERS[protocol] };
    const [result] = await checkMail({ address: ADDRESS, accessToken: TOKEN, servers, network, deadline });
    deadline[Symbol.dispose]();
    return result?.problem;
  }

  function expectCase({ code, lines, protocol }: ReplyCase, problem: MailCheck["problem"]): void {
    expect(problem, problem?.said).toMatchObject({ code });
    const { host, port } = SERVERS[protocol];
    expect(problem?.said).toContain(`${host}:${port}: `);
    const [its, retried, exit] = CLASS_OF[code] ?? [];
    expect([rowOf(code).class, problem && isRetried(problem) ? "again" : "once", exitOf(code)]).toEqual([
      its,
      retried,
      exit,
    ]);
    // Where the server says why, its own words are shown, of every line.
    if (problem?.said.includes("the server said")) {
      for (const line of lines) {
        expect(problem.said).toContain(
          textOf(line)
            .replace(/^\d\.\d+\.\d+ +/, "")
            .trim(),
        );
      }
    }
  }

  test.each(REPLY_CASES)("of $protocol $command, $lines, is $code", async (its) => {
    played = its;
    expectCase(its, await check(its));
  });

  test.each(MESSAGE_CASES)("of the message at $command, $lines, is $code", async (its) => {
    played = its;
    const deadline = Deadline.after(5000);
    const login = { address: ADDRESS, accessToken: TOKEN, network, deadline };
    const { problem } = await checkRoundTrip(login, SERVERS);
    deadline[Symbol.dispose]();
    expectCase(its, problem);
    expect(problem?.said).toContain(` to ${its.command}: `);
  });

  test("is not seen where nothing is refused", async () => {
    played = undefined;
    for (const protocol of ["imap", "pop3", "smtp"] as const) {
      expect(await check({ protocol, command: "", lines: [], code: "UNEXPECTED" })).toBeUndefined();
    }
  });

  test("can be the token's only where the token was sent", () => {
    const at = REPLIES.flatMap((row) => (row.code === "TOKEN_REFUSED" ? [row.at] : []));
    expect(at.length).toBeGreaterThan(0);
    for (const commands of at) expect(commands).toEqual(["token"]);
  });

  test("has a case for every row of the table", () => {
    const reached = new Set<unknown>();
    const commands = [
      "greeting",
      "capability",
      "starttls",
      "auth",
      "token",
      "inbox",
      "mail",
      "rcpt",
      "data",
      "message",
    ] as const;
    for (const { protocol, lines, code } of [...REPLY_CASES, ...MESSAGE_CASES]) {
      for (const command of commands) {
        const status = lines.at(-1)?.replace(/^\* /, "").split(/[ -]/)[0] ?? "";
        const text = lines.map(textOf).join(" ");
        const row = rowOfReply(new MailRefusal({ protocol, command, verb: "", status, text }).reply);
        if (row.code === code) reached.add(row);
      }
    }
    expect(REPLIES.filter((row) => !reached.has(row))).toEqual([]);
  });

  test.each<MailProtocol>(["imap", "pop3", "smtp"])(
    "of %s that cannot be sent is told before a socket is opened",
    async (protocol) => {
      for (const [peer, said] of [
        [{ host: "imap gmail com", port: 993 }, "it is no host name"],
        [{ host: "", port: 993 }, "it is no host name"],
        [{ host: "imap.gmail.com", port: 70_000 }, "the port 70000 is none"],
        [{ host: "imap.gmail.com", port: 0 }, "the port 0 is none"],
        [{ host: "imap.gmail.com", port: 99.5 }, "the port 99.5 is none"],
      ] as const) {
        const deadline = Deadline.after(5000);
        const servers = { [protocol]: peer };
        const [result] = await checkMail({ address: ADDRESS, accessToken: TOKEN, servers, network, deadline });
        deadline[Symbol.dispose]();
        expect(result?.problem).toMatchObject({ code: "MAIL_HOST_INVALID", said: expect.stringContaining(said) });
      }
    },
  );
});
