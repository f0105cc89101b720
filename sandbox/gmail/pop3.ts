import { present, verify } from "./authenticate.ts";
import type { Conversation, MailAnswer } from "./conversation.ts";
import { connectionId, type Gmail, type Login } from "./gmail.ts";
import { type AccountMail, INBOX, type StoredMessage } from "./mail-store.ts";
import { headerOf } from "./mime.ts";
import { POP_REFUSALS, refusalLines } from "./refusals.ts";

/** What Gmail announces and is not served here is left out. Assumption: fewer-capabilities. */
const CAPABILITIES = ["+OK Capability list follows", "USER", "RESP-CODES", "TOP", "UIDL", "SASL PLAIN XOAUTH2", "."];

const MECHANISMS = ["PLAIN", "XOAUTH2"];

/** The inbox as it was at the login (RFC 1939 section 4), with the messages that go when the client says goodbye. */
interface Maildrop {
  readonly login: Login;
  readonly messages: readonly StoredMessage[];
  readonly deleted: Set<StoredMessage>;
}

/** Gmail's POP3 (RFC 1939, RFC 5034). Assumption: pop-keeps. */
export async function pop3(conversation: Conversation, gmail: Gmail): Promise<void> {
  const { connection } = conversation;
  let drop: Maildrop | undefined;
  try {
    const greeting = `+OK Gpop ready for requests from ${connection.remoteAddress} ${connectionId()}`;
    let open = await conversation.turn("GREETING", async () => ({ lines: [greeting] }));
    while (open) {
      const [command, ...rest] = words(await connection.readLine());
      const [mechanism = "", initial] = [rest[0]?.toUpperCase(), rest[1]];
      const signsIn = drop === undefined && command === "AUTH" && MECHANISMS.includes(mechanism);
      const presented = signsIn ? await present(conversation, mechanism, initial) : undefined;
      open = await conversation.turn(command, async () => {
        if (presented === undefined) return command === "QUIT" ? quit(drop) : { lines: answer(drop, command, rest) };
        const outcome = await verify(conversation, gmail, presented);
        if ("refused" in outcome) return { lines: outcome.refused };
        const { login } = outcome;
        drop = { login, messages: login.mail.folder(INBOX), deleted: new Set() };
        return { lines: ["+OK Welcome."] };
      });
    }
  } finally {
    drop?.login.release();
  }
}

/** In the state before the login (RFC 1939 section 4), or after it (section 5). */
function answer(drop: Maildrop | undefined, command: string, given: readonly string[]): readonly string[] {
  if (drop === undefined) return BEFORE_LOGIN.get(command) ?? [BAD_COMMAND];
  if (command === "CAPA") return CAPABILITIES;
  const access = drop.login.account?.pop ?? "on";
  if (access !== "on") return [POP_REFUSALS[access]];
  return AFTER_LOGIN.get(command)?.(drop, given) ?? [BAD_COMMAND];
}

function words(line: string): [command: string, ...given: string[]] {
  const [command = "", ...rest] = line.split(" ");
  return [command.toUpperCase(), ...rest];
}

/** What was marked goes only now (RFC 1939 section 6). */
function quit(drop: Maildrop | undefined): MailAnswer {
  drop?.login.mail.remove([...drop.deleted]);
  return { lines: ["+OK Farewell."], final: true };
}

const BAD_COMMAND = "-ERR bad command";

const BEFORE_LOGIN: ReadonlyMap<string, readonly string[]> = new Map([
  ["CAPA", CAPABILITIES],
  ["USER", ["+OK send PASS"]],
  ["PASS", refusalLines("password-given", "pop3") ?? []],
]);

type PopCommand = (drop: Maildrop, given: readonly string[]) => readonly string[];

const AFTER_LOGIN: ReadonlyMap<string, PopCommand> = new Map<string, PopCommand>([
  ["STAT", (drop) => [`+OK ${rows(drop).length} ${octets(drop)}`]],
  ["LIST", (drop, [number]) => listing(drop, number, ({ content }) => String(content.length))],
  ["UIDL", (drop, [number]) => listing(drop, number, (message) => uniqueId(message, drop.login.mail))],
  ["RETR", (drop, [number]) => shown(drop, number, ({ content }) => content)],
  [
    "TOP",
    (drop, [number, lines]) =>
      /^\d{1,9}$/.test(lines ?? "") ? shown(drop, number, top(Number(lines))) : [BAD_COMMAND],
  ],
  ["DELE", remove],
  ["NOOP", () => ["+OK"]],
  ["RSET", reset],
]);

interface Row {
  readonly number: number;
  readonly message: StoredMessage;
}

/** Numbers stay when messages are marked to go. */
function rows({ messages, deleted }: Maildrop): readonly Row[] {
  return messages
    .map((message, index) => ({ number: index + 1, message }))
    .filter(({ message }) => !deleted.has(message));
}

function rowOf(drop: Maildrop, number: string | undefined): Row | undefined {
  return /^\d{1,9}$/.test(number ?? "") ? rows(drop).find((row) => row.number === Number(number)) : undefined;
}

function octets(drop: Maildrop): number {
  return rows(drop).reduce((sum, { message }) => sum + message.content.length, 0);
}

/** Never used again: a new world has another UIDVALIDITY. */
function uniqueId({ uid }: StoredMessage, { uidValidity }: AccountMail): string {
  return `GmailId${uidValidity.toString(16)}${uid.toString(16).padStart(8, "0")}`;
}

const OUT_OF_RANGE = ["-ERR Message number out of range."];

function listing(drop: Maildrop, number: string | undefined, show: (message: StoredMessage) => string): string[] {
  const line = (row: Row) => `${row.number} ${show(row.message)}`;
  const all = rows(drop);
  if (number === undefined) return [`+OK ${all.length} messages (${octets(drop)} bytes)`, ...all.map(line), "."];
  const row = rowOf(drop, number);
  return row === undefined ? OUT_OF_RANGE : [`+OK ${line(row)}`];
}

/** Lines that begin with a dot get another one (RFC 1939 section 3). */
function shown(drop: Maildrop, number: string | undefined, show: (message: StoredMessage) => string): string[] {
  const row = rowOf(drop, number);
  if (row === undefined) return OUT_OF_RANGE;
  const text = show(row.message)
    .replace(/\r\n$/, "")
    .replace(/(^|\n)\./g, "$1..");
  return ["+OK message follows", text, "."];
}

function top(lines: number): (message: StoredMessage) => string {
  return ({ content }) => {
    const header = headerOf(content);
    return header + content.slice(header.length).split("\r\n").slice(0, lines).join("\r\n");
  };
}

function remove(drop: Maildrop, [number]: readonly string[]): string[] {
  const row = rowOf(drop, number);
  if (row === undefined) return OUT_OF_RANGE;
  drop.deleted.add(row.message);
  return ["+OK marked for deletion"];
}

function reset({ deleted }: Maildrop): string[] {
  deleted.clear();
  return ["+OK"];
}
