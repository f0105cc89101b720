import { ANNA, type GmailFixture, type RawClient, xoauth2 } from "./fixture.ts";

/** A connection of anna's to the service, logged in. */
export async function loggedIn(gmail: GmailFixture, service: keyof typeof LOGINS): Promise<RawClient> {
  const client = await gmail.open(service);
  for (const [line, reply] of LOGINS[service]) await (line === "" ? client.until(reply) : client.ask(line, reply));
  return client;
}

const SMTP = [
  ["", /^220 /],
  ["EHLO [127.0.0.1]", /^250 /],
  [`AUTH XOAUTH2 ${xoauth2()}`, /^235 /],
] as const;

const LOGINS = {
  "imap.gmail.com:993": [
    ["", /^\* OK/],
    [`x AUTHENTICATE XOAUTH2 ${xoauth2()}`, /^x OK/],
  ],
  "pop.gmail.com:995": [
    ["", /^\+OK/],
    [`AUTH XOAUTH2 ${xoauth2()}`, /^\+OK/],
  ],
  "smtp.gmail.com:465": SMTP,
} as const;

/** Anna sends a message by SMTP, by default to herself; it ends with CRLF. */
export async function send(gmail: GmailFixture, message: string, to: string = ANNA): Promise<void> {
  using client = await loggedIn(gmail, "smtp.gmail.com:465");
  await client.ask(`MAIL FROM:<${ANNA}>`, /^250 /);
  await client.ask(`RCPT TO:<${to}>`, /^250 /);
  await client.ask("DATA", /^354 /);
  await client.ask(`${message.replace(/^\./gm, "..")}.`, /^250 /);
}
