import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { AccountCondition } from "../../../sandbox/google/state.ts";
import { ANNA, CHALLENGE, GmailFixture, oauthBearer, type RawClient, xoauth2 } from "./fixture.ts";

let gmail: GmailFixture;
beforeAll(async () => {
  gmail = await GmailFixture.start();
});
beforeEach(() => gmail.reset());
afterAll(() => gmail[Symbol.asyncDispose]());

const ANY = /./;

async function open(): Promise<RawClient> {
  const client = await gmail.open("pop.gmail.com:995");
  await client.until(/^\+OK Gpop ready for requests from 127\.0\.0\.1 \w+\r$/m);
  return client;
}

it("serves a look at the mailbox", async () => {
  using client = await open();
  expect(await client.ask("CAPA", /^\.\r/)).toMatch(/^\+OK .*\r\nUSER\r\n[\s\S]*\r\nSASL PLAIN XOAUTH2\r\n\.\r\n$/);
  expect(await client.ask("AUTH XOAUTH2", ANY)).toBe("+ \r\n");
  expect(await client.ask(xoauth2(), ANY)).toBe("+OK Welcome.\r\n");
  expect(await client.ask("STAT", ANY)).toBe("+OK 0 0\r\n");
  expect(await client.ask("LIST", /^\.\r/)).toBe("+OK 0 messages (0 bytes)\r\n.\r\n");
  expect(await client.ask("UIDL 1", ANY)).toBe("-ERR Message number out of range.\r\n");
  expect(await client.ask("NOOP", ANY)).toBe("+OK\r\n");
  expect(await client.ask("RETR 1", ANY)).toBe("-ERR Message number out of range.\r\n");
  expect(await client.ask("QUIT", ANY)).toBe("+OK Farewell.\r\n");
  await client.closed();
});

it("shows no mailbox before the login", async () => {
  using client = await open();
  expect(await client.ask("STAT", ANY)).toBe("-ERR bad command\r\n");
  expect(await client.ask("USER anna", ANY)).toContain("+OK");
  expect(await client.ask("PASS secret", ANY)).toContain("-ERR [AUTH] Application-specific password required");
  expect(await client.ask("QUIT", ANY)).toBe("+OK Farewell.\r\n");
});

it("refuses a bad token after a challenge", async () => {
  using client = await open();
  expect(await client.ask(`AUTH XOAUTH2 ${xoauth2(ANNA, "bad")}`, ANY)).toBe(`+ ${CHALLENGE}\r\n`);
  expect(await client.ask("", ANY)).toBe("-ERR [AUTH] Username and password not accepted.\r\n");
});

it("does not know OAUTHBEARER", async () => {
  using client = await open();
  expect(await client.ask(`AUTH OAUTHBEARER ${oauthBearer()}`, ANY)).toBe("-ERR bad command\r\n");
});

it.each([
  ["off-by-user", "-ERR [SYS/PERM] Your account is not enabled for POP access."],
  ["off-by-admin", "-ERR [SYS/PERM] POP access is disabled for your domain."],
] as const)("accepts the login of an account whose POP is %s and refuses STAT", async (setting, text) => {
  gmail.anna.pop = setting;
  gmail.anna.imap = "off-by-admin";
  using client = await open();
  expect(await client.ask(`AUTH XOAUTH2 ${xoauth2()}`, ANY)).toBe("+OK Welcome.\r\n");
  expect(await client.ask("STAT", ANY)).toContain(text);
  expect(await client.ask("QUIT", ANY)).toBe("+OK Farewell.\r\n");
});

const REFUSED: readonly [AccountCondition, string][] = [
  ["web-login-required", "-ERR [AUTH] Web login required"],
  ["too-many-connections", "-ERR [IN-USE] "],
  ["over-quota", "-ERR [SYS/TEMP] "],
  ["unavailable", "-ERR [SYS/TEMP] "],
];
it.each(REFUSED)("refuses an account in condition %s", async (condition, text) => {
  gmail.anna.condition = condition;
  using client = await open();
  expect(await client.ask(`AUTH XOAUTH2 ${xoauth2()}`, ANY)).toContain(text);
});
