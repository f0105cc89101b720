import { authenticate } from "./authenticate.ts";
import { connectionId, type Gmail, type Login } from "./gmail.ts";
import type { ServerConnection } from "./line-server.ts";
import type { StoredMessage } from "./mail-store.ts";
import { POP_REFUSALS, refusalLines } from "./refusals.ts";

/** Assumption: pop-capabilities. */
const CAPABILITIES = [
  "+OK Capability list follows",
  "USER",
  "RESP-CODES",
  "EXPIRE 0",
  "LOGIN-DELAY 300",
  "TOP",
  "UIDL",
  "X-GOOGLE-VERHOEVEN",
  "SASL PLAIN XOAUTH2",
  ".",
];

const MECHANISMS = ["PLAIN", "XOAUTH2"];

/**
 * Gmail's POP3 (RFC 1939, RFC 5034) as far as a look at the mailbox goes. Nothing that fetches or deletes is served: at Gmail
 * fetching may archive or delete the message.
 */
export async function pop3(connection: ServerConnection, gmail: Gmail): Promise<void> {
  await connection.write(`+OK Gpop ready for requests from ${connection.remoteAddress} ${connectionId()}`);
  const login = await authorization(connection, gmail);
  if (login === undefined) return;
  try {
    await connection.write("+OK Welcome.");
    await transaction(connection, login);
  } finally {
    login.release();
  }
}

/** The state before the login (RFC 1939 section 4). Gives nothing when the client leaves. */
async function authorization(connection: ServerConnection, gmail: Gmail): Promise<Login | undefined> {
  for (;;) {
    const [command, argument, initial] = words(await connection.readLine());
    const mechanism = argument?.toUpperCase() ?? "";
    if (command === "QUIT") {
      await connection.write(FAREWELL);
      return undefined;
    }
    if (command === "AUTH" && MECHANISMS.includes(mechanism)) {
      const outcome = await authenticate(connection, gmail, "pop3", mechanism, initial);
      if ("login" in outcome) return outcome.login;
      await connection.write(...outcome.refused);
    } else {
      await connection.write(...(BEFORE_LOGIN.get(command) ?? [BAD_COMMAND]));
    }
  }
}

/** The state after the login (RFC 1939 section 5). */
async function transaction(connection: ServerConnection, login: Login): Promise<void> {
  for (;;) {
    const [command, argument] = words(await connection.readLine());
    if (command === "QUIT") return connection.write(FAREWELL);
    const access = login.account?.pop ?? "on";
    if (command === "CAPA") await connection.write(...CAPABILITIES);
    else if (access !== "on") await connection.write(POP_REFUSALS[access]);
    else await connection.write(...(AFTER_LOGIN.get(command)?.(login.inbox, argument) ?? [BAD_COMMAND]));
  }
}

function words(line: string): [command: string, ...arguments: (string | undefined)[]] {
  const [command = "", ...rest] = line.split(" ");
  return [command.toUpperCase(), ...rest];
}

const FAREWELL = "+OK Farewell.";
const BAD_COMMAND = "-ERR bad command";

const BEFORE_LOGIN: ReadonlyMap<string, readonly string[]> = new Map([
  ["CAPA", CAPABILITIES],
  ["USER", ["+OK send PASS"]],
  ["PASS", refusalLines("password-given", "pop3") ?? []],
]);

type Inbox = readonly StoredMessage[];

const AFTER_LOGIN: ReadonlyMap<string, (inbox: Inbox, number: string | undefined) => readonly string[]> = new Map([
  ["STAT", (inbox: Inbox) => [`+OK ${inbox.length} ${octets(inbox)}`]],
  ["LIST", (inbox: Inbox, number?: string) => listing(inbox, number, ({ size }) => String(size))],
  ["UIDL", (inbox: Inbox, number?: string) => listing(inbox, number, ({ uid }) => `GmailId${uid.toString(16)}`)],
  ["NOOP", () => ["+OK"]],
  ["RSET", () => ["+OK"]],
]);

function octets(inbox: Inbox): number {
  return inbox.reduce((sum, { size }) => sum + size, 0);
}

function listing(inbox: Inbox, number: string | undefined, show: (message: StoredMessage) => string): string[] {
  const rows = inbox.map((message, index) => `${index + 1} ${show(message)}`);
  if (number === undefined) return [`+OK ${rows.length} messages (${octets(inbox)} bytes)`, ...rows, "."];
  const row = /^\d{1,9}$/.test(number) ? rows[Number(number) - 1] : undefined;
  return [row === undefined ? "-ERR Message number out of range." : `+OK ${row}`];
}
