import { goodbye, type LoginCode, LoginFailure, type LoginTalk, readReply } from "./login-talk.ts";

/** Logs in by SMTP, over TLS in any case, and sends nothing. */
export async function smtpLogin(talk: LoginTalk): Promise<void> {
  await expect(talk, /^220 /, "PROTOCOL");
  let offers = await ask(talk, EHLO, /^250 /, "PROTOCOL");
  if (!talk.secure) {
    if (!offers.some((line) => /^STARTTLS$/i.test(line))) {
      throw new LoginFailure("TLS", "The server does not offer STARTTLS");
    }
    await ask(talk, "STARTTLS", /^220 /, "TLS");
    await talk.startTls();
    offers = await ask(talk, EHLO, /^250 /, "PROTOCOL");
  }
  if (!offers.some((line) => /^AUTH\b.*\bXOAUTH2\b/i.test(line))) {
    throw new LoginFailure("PROTOCOL", "The server does not offer AUTH XOAUTH2");
  }
  await talk.connection.write(`AUTH XOAUTH2 ${talk.payload}`);
  const verdict = await readReply(talk, isLast);
  if (verdict.at(-1)?.startsWith("334")) await ask(talk, "", /^235 /, "AUTHENTICATION");
  else check(verdict, /^235 /, "AUTHENTICATION");
  await goodbye(talk, "QUIT");
}

/** A client without a name gives its address (RFC 5321 section 4.1.4). */
const EHLO = "EHLO [127.0.0.1]";

/** The texts of the reply's lines without their codes. */
async function ask(talk: LoginTalk, command: string, expected: RegExp, failure: LoginCode): Promise<string[]> {
  await talk.connection.write(command);
  return expect(talk, expected, failure);
}

async function expect(talk: LoginTalk, expected: RegExp, failure: LoginCode): Promise<string[]> {
  return check(await readReply(talk, isLast), expected, failure);
}

function check(lines: readonly string[], expected: RegExp, failure: LoginCode): string[] {
  if (!expected.test(lines.at(-1) ?? "")) throw new LoginFailure(failure, lines.join(" "));
  return lines.map((line) => line.slice("250 ".length));
}

/** RFC 5321 section 4.2: a hyphen after the code says that more lines follow. */
function isLast(line: string): boolean {
  return !/^\d{3}-/.test(line);
}
