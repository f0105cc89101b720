import type { MailProtocol } from "../../provider/mail/protocol.ts";

/** What a mailbox or its token may be like, and the class that each protocol's check has to give. */
export interface Case {
  readonly name: string;
  readonly token: "good" | "expired" | "other-user" | "wrong-scope";
  readonly account?: Readonly<Record<string, string>>;
  /** `ok`, or class and code. */
  readonly expected: Readonly<Record<MailProtocol, string>>;
}

const all = (expected: string) => ({ imap: expected, pop3: expected, smtp: expected });

export const CASES: readonly Case[] = [
  { name: "a good token", token: "good", expected: all("ok") },
  { name: "an expired token", token: "expired", expected: all("authentication TOKEN_REFUSED") },
  { name: "another user's token", token: "other-user", expected: all("authentication TOKEN_REFUSED") },
  { name: "a token of another scope", token: "wrong-scope", expected: all("authentication TOKEN_REFUSED") },
  {
    name: "IMAP switched off by the user",
    token: "good",
    account: { imap: "off-by-user" },
    expected: { ...all("ok"), imap: "access-disabled IMAP_DISABLED" },
  },
  {
    name: "IMAP switched off by the administrator",
    token: "good",
    account: { imap: "off-by-admin" },
    expected: { ...all("ok"), imap: "access-disabled IMAP_DISABLED_BY_ADMIN" },
  },
  {
    name: "POP switched off by the user",
    token: "good",
    account: { pop: "off-by-user" },
    expected: { ...all("ok"), pop3: "access-disabled POP_DISABLED" },
  },
  {
    name: "POP switched off by the administrator",
    token: "good",
    account: { pop: "off-by-admin" },
    expected: { ...all("ok"), pop3: "access-disabled POP_DISABLED_BY_ADMIN" },
  },
  {
    name: "a web login asked for",
    token: "good",
    account: { condition: "web-login-required" },
    expected: all("human-needed WEB_LOGIN_REQUIRED"),
  },
  {
    name: "the day's bandwidth used up",
    token: "good",
    account: { condition: "over-quota" },
    expected: { imap: "quota BANDWIDTH_QUOTA", pop3: "quota BANDWIDTH_QUOTA", smtp: "ok" },
  },
];
