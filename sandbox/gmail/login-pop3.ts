import { goodbye, type LoginCode, LoginFailure, type LoginTalk } from "./login-talk.ts";

/** Logs in by POP3 and asks for the state of the mailbox: Gmail refuses an account without POP only then. */
export async function pop3Login(talk: LoginTalk): Promise<void> {
  expectOk(await talk.connection.readLine(), "PROTOCOL");
  // Two steps keep clear of the 255 octets that RFC 5034 allows a line.
  const invitation = await ask(talk, "AUTH XOAUTH2");
  if (!invitation.startsWith("+ ")) throw new LoginFailure("AUTHENTICATION", invitation);
  const verdict = await ask(talk, talk.payload);
  expectOk(verdict.startsWith("+ ") ? await ask(talk, "") : verdict, "AUTHENTICATION");
  expectOk(await ask(talk, "STAT"), "MAILBOX");
  await goodbye(talk, "QUIT");
}

async function ask(talk: LoginTalk, command: string): Promise<string> {
  await talk.connection.write(command);
  return talk.connection.readLine();
}

function expectOk(line: string, failure: LoginCode): void {
  if (!/^\+OK\b/i.test(line)) throw new LoginFailure(failure, line);
}
