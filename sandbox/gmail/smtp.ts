import { authenticate } from "./authenticate.ts";
import { connectionId, type Gmail } from "./gmail.ts";
import type { ServerConnection } from "./line-server.ts";
import { data, mail, type Reply, rcpt, SIZE_LIMIT, type SmtpTalk } from "./smtp-talk.ts";

/**
 * Gmail's submission service (RFC 6409) with AUTH (RFC 4954) and STARTTLS (RFC 3207). CHUNKING is announced, as Gmail does,
 * but BDAT is not served.
 */
export async function smtp(connection: ServerConnection, gmail: Gmail, implicitTls: boolean): Promise<void> {
  const talk: SmtpTalk = {
    connection,
    gmail,
    signature: `${connectionId()} - gsmtp`,
    secure: implicitTls,
    greeted: false,
    login: undefined,
    envelope: undefined,
  };
  try {
    await connection.write(`220 smtp.gmail.com ESMTP ${talk.signature}`);
    for (;;) {
      const line = await connection.readLine();
      const [, verb = "", argument = ""] = /^([A-Za-z]*) ?(.*)$/.exec(line) ?? [];
      const command = verb.toUpperCase();
      const { lines, signed = true, final } = (await COMMANDS.get(command)?.(talk, argument.trim())) ?? UNKNOWN_COMMAND;
      await connection.write(...(signed ? sign(lines, talk.signature) : lines));
      if (final) return;
    }
  } finally {
    talk.login?.release();
  }
}

/** Gmail puts the connection's id after the last line of nearly every reply. */
function sign(lines: readonly string[], signature: string): string[] {
  return lines.map((line, index) => (index === lines.length - 1 ? `${line} ${signature}` : line));
}

type Command = (talk: SmtpTalk, argument: string) => Reply | Promise<Reply>;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["EHLO", ehlo],
  ["HELO", helo],
  ["STARTTLS", startTls],
  ["AUTH", auth],
  ["MAIL", mail],
  ["RCPT", rcpt],
  ["DATA", data],
  ["RSET", reset],
  ["NOOP", () => ({ lines: ["250 2.0.0 OK"] })],
  ["QUIT", () => ({ lines: ["221 2.0.0 closing connection"], final: true })],
]);

const UNKNOWN_COMMAND: Reply = { lines: ["502 5.5.1 Unrecognized command."] };

const MECHANISMS = ["LOGIN", "PLAIN", "XOAUTH2", "OAUTHBEARER"];

function ehlo(talk: SmtpTalk, domain: string): Reply {
  if (domain === "")
    return { lines: ["501 5.5.4 Empty HELO/EHLO argument not allowed, closing connection."], final: true };
  talk.greeted = true;
  talk.envelope = undefined;
  const capabilities = [
    `smtp.gmail.com at your service, [${talk.connection.remoteAddress}]`,
    `SIZE ${SIZE_LIMIT}`,
    "8BITMIME",
    talk.secure ? "AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH" : "STARTTLS",
    "ENHANCEDSTATUSCODES",
    "PIPELINING",
    "CHUNKING",
    "SMTPUTF8",
  ];
  return { lines: capabilities.map((it, at) => `250${at < capabilities.length - 1 ? "-" : " "}${it}`), signed: false };
}

function helo(talk: SmtpTalk, domain: string): Reply {
  const reply = ehlo(talk, domain);
  return reply.final ? reply : { lines: ["250 smtp.gmail.com at your service"], signed: false };
}

/** Forgets all that was said before (RFC 3207 section 4.2). */
async function startTls(talk: SmtpTalk): Promise<Reply> {
  if (talk.secure) return { lines: ["503 5.5.1 STARTTLS may not be repeated"] };
  await talk.connection.startTls("220 2.0.0 Ready to start TLS");
  talk.secure = true;
  talk.greeted = false;
  return { lines: [], signed: false };
}

async function auth(talk: SmtpTalk, argument: string): Promise<Reply> {
  if (!talk.secure) return { lines: ["530 5.7.0 Must issue a STARTTLS command first"] };
  if (!talk.greeted) return { lines: ["503 5.5.1 EHLO/HELO first."] };
  if (talk.login !== undefined) return { lines: ["503 5.5.1 Already authenticated"] };
  const [name = "", initial] = argument.split(" ");
  const mechanism = name.toUpperCase();
  if (!MECHANISMS.includes(mechanism)) return { lines: ["504 5.7.4 Unrecognized Authentication Type"] };
  // RFC 4954 section 4: a single "=" is an initial response of no length.
  const response = initial === "=" ? "" : initial;
  const outcome = await authenticate(talk.connection, talk.gmail, "smtp", mechanism, response);
  if ("refused" in outcome) return { lines: outcome.refused };
  talk.login = outcome.login;
  return { lines: ["235 2.7.0 Accepted"], signed: false };
}

function reset(talk: SmtpTalk): Reply {
  talk.envelope = undefined;
  return { lines: ["250 2.1.5 Flushed"] };
}
