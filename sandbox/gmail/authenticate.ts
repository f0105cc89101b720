import { setTimeout as sleep } from "node:timers/promises";
import type { Gmail, Login } from "./gmail.ts";
import type { LineConnection } from "./line-connection.ts";
import { type LoginRefusal, type Protocol, refusalLines } from "./refusals.ts";
import { BEARER_CHALLENGE, BEARER_MECHANISMS, decodeBase64 } from "./sasl.ts";

export type Outcome = { readonly login: Login } | { readonly refused: readonly string[] };

/** How each protocol marks a line that the client is to answer. */
const PROMPTS: Readonly<Record<Protocol, string>> = { imap: "+ ", pop3: "+ ", smtp: "334 " };

/**
 * The SASL exchange (RFC 4422) that the three protocols have in common. `initial` is the base64 from the command's own line,
 * if there was any. The caller has checked that the mechanism is one that it offers.
 */
export async function authenticate(
  connection: LineConnection,
  gmail: Gmail,
  protocol: Protocol,
  mechanism: string,
  initial: string | undefined,
): Promise<Outcome> {
  const parse = BEARER_MECHANISMS.get(mechanism);
  if (parse === undefined) return refusal("password-given", protocol);
  const response = initial ?? (await ask(""));
  if (response === "*") return refusal("cancelled", protocol);
  const decoded = decodeBase64(response);
  if (decoded === undefined) return refusal("malformed", protocol);

  if (gmail.loginDelayMs > 0) await sleep(gmail.loginDelayMs, undefined, { ref: false });
  const credentials = parse(decoded);
  const result = credentials === undefined ? "bad-credentials" : gmail.logIn(protocol, credentials);
  if (typeof result !== "string") return { login: result };
  // The client has to answer the challenge, by an empty line or Control A in base64. Whatever it says, it is refused.
  // Assumption: challenge-for-bad-credentials.
  if (result === "bad-credentials") await ask(BEARER_CHALLENGE);
  return refusal(result, protocol);

  async function ask(question: string): Promise<string> {
    await connection.write(PROMPTS[protocol] + question);
    return connection.readLine();
  }
}

function refusal(reason: LoginRefusal, protocol: Protocol): Outcome {
  return { refused: refusalLines(reason, protocol) ?? [] };
}
