import { findRecipient } from "../google/mail-access.ts";
import type { Conversation, MailAnswer } from "./conversation.ts";
import type { Gmail, Login } from "./gmail.ts";
import { textOf } from "./latin1.ts";
import type { ServerConnection } from "./line-server.ts";
import { INBOX, type MailStore, SENT } from "./mail-store.ts";

/** What is known about one client so far. */
export interface SmtpTalk {
  readonly conversation: Conversation;
  readonly gmail: Gmail;
  readonly signature: string;
  secure: boolean;
  greeted: boolean;
  login: Login | undefined;
  envelope: { readonly recipients: string[] } | undefined;
}

export interface Reply extends MailAnswer {
  /** Whether the connection's signature ends the last line; it does unless this is false. */
  readonly signed?: boolean;
}

/** Octets of a message, as Gmail announces it. */
export const SIZE_LIMIT = 35_882_577;
/** Of one message. */
const RECIPIENT_LIMIT = 100;

const AUTHENTICATION_REQUIRED: Reply = { lines: ["530 5.5.1 Authentication Required"] };
// Here and in the other commands. Assumption: smtp-error-words.
const SYNTAX_ERROR: Reply = { lines: ["555 5.5.2 Syntax error"] };
const TOO_LARGE: Reply = { lines: ["552 5.3.4 Message exceeds the size limit"] };
const NO_ROOM: Reply = { lines: ["452 4.3.1 Too many messages at once"] };
// Assumption: sending-limit-at-data.
const SENDING_LIMIT: Reply = { lines: ["550 5.4.5 Daily user sending limit exceeded"] };

/** An address, whose local part may be quoted, or the postmaster, who needs no domain (RFC 5321 §4.1.1.3). */
const RECIPIENT = /^TO:\s?<((?:"(?:[^"\\]|\\.)*"|[^<>\s"]+)@[^<>\s"]+|postmaster)>$/i;

/** Parameters of MAIL that Gmail announces. Delivery status notifications (RFC 3461) are not among them. */
const MAIL_PARAMETERS = /^(SIZE=\d{1,20}|BODY=(7BIT|8BITMIME)|SMTPUTF8|AUTH=\S+)$/i;

export function mail(talk: SmtpTalk, argument: string): Reply {
  if (!talk.greeted) return { lines: ["503 5.5.1 EHLO/HELO first."] };
  if (!talk.secure) return { lines: ["530 5.7.0 Must issue a STARTTLS command first"] };
  if (talk.login === undefined) return AUTHENTICATION_REQUIRED;
  if (talk.envelope !== undefined) return { lines: ["503 5.5.1 Nested MAIL command"] };
  const [, text] = /^FROM:\s?<[^<>\s]*>(.*)$/i.exec(argument) ?? [];
  if (text === undefined) return SYNTAX_ERROR;
  const parameters = text.split(" ").filter((parameter) => parameter !== "");
  if (!parameters.every((parameter) => MAIL_PARAMETERS.test(parameter))) return SYNTAX_ERROR;
  const size = parameters.find((parameter) => /^SIZE=/i.test(parameter))?.slice("SIZE=".length);
  if (Number(size ?? 0) > SIZE_LIMIT) return TOO_LARGE;
  talk.envelope = { recipients: [] };
  return { lines: ["250 2.1.0 OK"] };
}

export function rcpt(talk: SmtpTalk, argument: string): Reply {
  if (talk.envelope === undefined) return { lines: ["503 5.5.1 MAIL first."] };
  const [, octets] = RECIPIENT.exec(argument) ?? [];
  const recipient = octets && textOf(octets);
  if (recipient === undefined) return SYNTAX_ERROR;
  const { recipients } = talk.envelope;
  if (recipients.length >= RECIPIENT_LIMIT) return { lines: ["452 4.5.3 Your message has too many recipients."] };
  recipients.push(recipient);
  return { lines: ["250 2.1.5 OK"] };
}

/** Mail to accounts of the sandbox goes to their inboxes, all mail to the sender's folder of sent mail, and nowhere else. */
export async function data(talk: SmtpTalk): Promise<Reply> {
  const { conversation, envelope, gmail, login, signature } = talk;
  const { connection } = conversation;
  if (envelope === undefined) return { lines: ["503 5.5.1 MAIL first."] };
  if (envelope.recipients.length === 0) return { lines: ["503 5.5.1 RCPT first."] };
  talk.envelope = undefined;
  if (login?.account?.condition === "sending-limit") return SENDING_LIMIT;
  await connection.write(`354 Go ahead ${signature}`);
  const content = await receive(connection, gmail.mail);
  if (typeof content !== "string") return content;
  const world = gmail.state();
  const accounts = envelope.recipients.map((recipient) => findRecipient(world, recipient)?.address);
  for (const address of new Set(accounts)) {
    if (address !== undefined) gmail.mail.of(world, address).add(INBOX, { content });
  }
  // Assumption: sent-mail.
  login?.mail.add(SENT, { content, flags: new Set(["\\Seen"]) });
  return { lines: [`250 2.0.0 OK  ${Math.floor(Date.now() / 1000)}`] };
}

/** Reads up to the line with a single dot (RFC 5321 section 4.5.2), or until the message is too large. */
async function receive(connection: ServerConnection, store: MailStore): Promise<string | Reply> {
  const lines: string[] = [];
  let size = 0;
  try {
    for (;;) {
      const line = await connection.readLine();
      if (line === ".") return lines.join("");
      const text = `${line.startsWith(".") ? line.slice(1) : line}\r\n`;
      if (size + text.length > SIZE_LIMIT) return { ...TOO_LARGE, final: true };
      if (!store.admit(text.length)) return { ...NO_ROOM, final: true };
      size += text.length;
      lines.push(text);
    }
  } finally {
    store.dismiss(size);
  }
}
