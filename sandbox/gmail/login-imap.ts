import { goodbye, type LoginCode, LoginFailure, type LoginTalk, readReply } from "./login-talk.ts";

/** Lines after which a server that still wants more is given up. */
const QUESTION_LIMIT = 20;

/** Logs in by IMAP and opens the inbox read-only. */
export async function imapLogin(talk: LoginTalk): Promise<void> {
  const greeting = await talk.connection.readLine();
  if (!/^\* OK\b/i.test(greeting)) throw new LoginFailure("PROTOCOL", greeting);

  const capabilities = await command(talk, "a1", "CAPABILITY", "PROTOCOL");
  const offers = new Set(capabilities.join(" ").toUpperCase().split(" "));
  if (!offers.has("AUTH=XOAUTH2")) throw new LoginFailure("PROTOCOL", "The server does not offer AUTH=XOAUTH2");

  if (offers.has("SASL-IR")) {
    await command(talk, "a2", `AUTHENTICATE XOAUTH2 ${talk.payload}`, "AUTHENTICATION");
  } else {
    await command(talk, "a2", "AUTHENTICATE XOAUTH2", "AUTHENTICATION", [talk.payload]);
  }
  await command(talk, "a3", "EXAMINE INBOX", "MAILBOX");
  await goodbye(talk, "a4 LOGOUT");
}

/**
 * Sends a command and reads up to its tagged reply. Each time that the server asks for more it gets the next answer, and an
 * empty line when there is none left: that is how a challenge is answered.
 */
async function command(
  talk: LoginTalk,
  tag: string,
  text: string,
  failure: LoginCode,
  answers: readonly string[] = [],
): Promise<string[]> {
  const isLast = (line: string) => line.startsWith(`${tag} `) || /^(\+|\* BYE\b)/i.test(line);
  const left = [...answers];
  await talk.connection.write(`${tag} ${text}`);
  const lines = await readReply(talk, isLast);
  while (lines.at(-1)?.startsWith("+")) {
    if (lines.length > QUESTION_LIMIT) throw new LoginFailure("PROTOCOL", "The server does not stop asking");
    await talk.connection.write(left.shift() ?? "");
    lines.push(...(await readReply(talk, isLast)));
  }
  const last = lines.at(-1) ?? "";
  const result = last.startsWith(`${tag} `) ? last.slice(tag.length + 1) : last;
  if (!/^OK\b/i.test(result)) throw new LoginFailure(failure, result);
  return lines;
}
