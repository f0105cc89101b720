import { present, verify } from "./authenticate.ts";
import type { Conversation, MailAnswer } from "./conversation.ts";
import { connectionId, type Gmail, type Login } from "./gmail.ts";
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
export async function pop3(conversation: Conversation, gmail: Gmail): Promise<void> {
  const { connection } = conversation;
  let login: Login | undefined;
  try {
    const greeting = `+OK Gpop ready for requests from ${connection.remoteAddress} ${connectionId()}`;
    let open = await conversation.turn("GREETING", async () => ({ lines: [greeting] }));
    while (open) {
      const [command, argument, initial] = words(await connection.readLine());
      const mechanism = argument?.toUpperCase() ?? "";
      const signsIn = login === undefined && command === "AUTH" && MECHANISMS.includes(mechanism);
      const presented = signsIn ? await present(conversation, mechanism, initial) : undefined;
      open = await conversation.turn(command, async () => {
        if (presented === undefined) return command === "QUIT" ? FAREWELL : { lines: answer(login, command, argument) };
        const outcome = await verify(conversation, gmail, presented);
        if ("refused" in outcome) return { lines: outcome.refused };
        login = outcome.login;
        return { lines: ["+OK Welcome."] };
      });
    }
  } finally {
    login?.release();
  }
}

/** In the state before the login (RFC 1939 section 4), or after it (section 5). */
function answer(login: Login | undefined, command: string, argument: string | undefined): readonly string[] {
  if (login === undefined) return BEFORE_LOGIN.get(command) ?? [BAD_COMMAND];
  if (command === "CAPA") return CAPABILITIES;
  const access = login.account?.pop ?? "on";
  if (access !== "on") return [POP_REFUSALS[access]];
  return AFTER_LOGIN.get(command)?.(login.inbox, argument) ?? [BAD_COMMAND];
}

function words(line: string): [command: string, ...arguments: (string | undefined)[]] {
  const [command = "", ...rest] = line.split(" ");
  return [command.toUpperCase(), ...rest];
}

const FAREWELL: MailAnswer = { lines: ["+OK Farewell."], final: true };
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
