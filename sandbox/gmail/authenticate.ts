import { setTimeout as sleep } from "node:timers/promises";
import type { Conversation } from "./conversation.ts";
import type { Gmail, Login } from "./gmail.ts";
import type { LineConnection } from "./line-connection.ts";
import { type LoginRefusal, type Protocol, refusalLines } from "./refusals.ts";
import { BEARER_CHALLENGE, BEARER_MECHANISMS, type BearerCredentials, decodeBase64 } from "./sasl.ts";

export type Outcome = { readonly login: Login } | { readonly refused: readonly string[] };

/** How each protocol marks a line that the client is to answer. */
const PROMPTS: Readonly<Record<Protocol, string>> = { imap: "+ ", pop3: "+ ", smtp: "334 " };

/** What a client presents, or why that is nothing to look at. */
type Presented = BearerCredentials | LoginRefusal;

/**
 * The first half of the SASL exchange (RFC 4422) that the three protocols have in common. `initial` is the base64 from the
 * command's own line, if there was any. The caller has checked that the mechanism is one that it offers.
 */
export async function present(
  conversation: Conversation,
  mechanism: string,
  initial: string | undefined,
): Promise<Presented> {
  const presented = await read(conversation, mechanism, initial);
  conversation.account = typeof presented === "string" ? undefined : presented.user;
  return presented;
}

async function read(
  { connection, protocol }: Conversation,
  mechanism: string,
  initial: string | undefined,
): Promise<Presented> {
  const parse = BEARER_MECHANISMS.get(mechanism);
  if (parse === undefined) return "password-given";
  const response = initial ?? (await ask(connection, protocol, ""));
  if (response === "*") return "cancelled";
  const decoded = decodeBase64(response);
  if (decoded === undefined) return "malformed";
  return parse(decoded) ?? "bad-credentials";
}

/** The second half: the verdict. */
export async function verify(conversation: Conversation, gmail: Gmail, presented: Presented): Promise<Outcome> {
  const { connection, protocol } = conversation;
  const result = typeof presented === "string" ? presented : await logIn(gmail, protocol, presented);
  conversation.account = typeof result === "string" ? undefined : result.address;
  if (typeof result !== "string") return { login: result };
  // The client has to answer the challenge, by an empty line or Control A in base64. Whatever it says, it is refused.
  // Assumption: challenge-for-bad-credentials.
  if (result === "bad-credentials") await ask(connection, protocol, BEARER_CHALLENGE);
  return { refused: refusalLines(result, protocol) ?? [] };
}

async function logIn(gmail: Gmail, protocol: Protocol, given: BearerCredentials): Promise<Login | LoginRefusal> {
  if (gmail.loginDelayMs > 0) await sleep(gmail.loginDelayMs, undefined, { ref: false });
  return gmail.logIn(protocol, given);
}

async function ask(connection: LineConnection, protocol: Protocol, question: string): Promise<string> {
  await connection.write(PROMPTS[protocol] + question);
  return connection.readLine();
}
