import { present, verify } from "./authenticate.ts";
import type { Conversation, MailAnswer } from "./conversation.ts";
import { connectionId, type Gmail } from "./gmail.ts";
import { data, mail, type Reply, rcpt, SIZE_LIMIT, type SmtpTalk } from "./smtp-talk.ts";

/** Gmail's submission service (RFC 6409) with AUTH (RFC 4954) and STARTTLS (RFC 3207). */
export async function smtp(conversation: Conversation, gmail: Gmail, implicitTls: boolean): Promise<void> {
  const talk: SmtpTalk = {
    conversation,
    gmail,
    signature: `${connectionId()} - gsmtp`,
    secure: implicitTls,
    greeted: false,
    login: undefined,
    envelope: undefined,
  };
  try {
    const greeting = `220 smtp.gmail.com ESMTP ${talk.signature}`;
    let open = await conversation.turn("GREETING", async () => ({ lines: [greeting] }));
    while (open) {
      const line = await conversation.connection.readLine();
      const [, verb = "", argument = ""] = /^([A-Za-z]*) ?(.*)$/.exec(line) ?? [];
      const command = verb.toUpperCase();
      const work = await workOf(talk, command, argument.trim());
      open = await conversation.turn(command, async () => signed(await work(), talk.signature));
    }
  } finally {
    talk.login?.release();
  }
}

async function workOf(talk: SmtpTalk, command: string, argument: string): Promise<() => Promise<Reply>> {
  if (command === "AUTH") return auth(talk, argument);
  return async () => COMMANDS.get(command)?.(talk, argument) ?? UNKNOWN_COMMAND;
}

/** Gmail puts the connection's id after the last line of nearly every reply. */
function signed({ signed = true, ...answer }: Reply, signature: string): MailAnswer {
  const { lines } = answer;
  return signed ? { ...answer, lines: [...lines.slice(0, -1), `${lines.at(-1) ?? ""} ${signature}`] } : answer;
}

type Command = (talk: SmtpTalk, argument: string) => Reply | Promise<Reply>;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["EHLO", ehlo],
  ["HELO", helo],
  ["STARTTLS", startTls],
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
  // What Gmail announces and is not served here is left out. Assumption: fewer-capabilities.
  const capabilities = [
    `smtp.gmail.com at your service, [${talk.conversation.connection.remoteAddress}]`,
    `SIZE ${SIZE_LIMIT}`,
    "8BITMIME",
    talk.secure ? `AUTH ${MECHANISMS.join(" ")}` : "STARTTLS",
    "ENHANCEDSTATUSCODES",
    "PIPELINING",
    "SMTPUTF8",
  ];
  return { lines: capabilities.map((it, at) => `250${at < capabilities.length - 1 ? "-" : " "}${it}`), signed: false };
}

function helo(talk: SmtpTalk, domain: string): Reply {
  const reply = ehlo(talk, domain);
  return reply.final ? reply : { lines: ["250 smtp.gmail.com at your service"], signed: false };
}

/** Forgets all that was said before (RFC 3207 section 4.2). */
function startTls(talk: SmtpTalk): Reply {
  if (talk.secure) return { lines: ["503 5.5.1 STARTTLS may not be repeated"] };
  talk.secure = true;
  talk.greeted = false;
  return { lines: ["220 2.0.0 Ready to start TLS"], signed: false, startsTls: true };
}

async function auth(talk: SmtpTalk, argument: string): Promise<() => Promise<Reply>> {
  const { conversation, gmail } = talk;
  const [name = "", initial] = argument.split(" ");
  const mechanism = name.toUpperCase();
  const untimely = authProblem(talk, mechanism);
  if (untimely !== undefined) return async () => ({ lines: [untimely] });
  // RFC 4954 section 4: a single "=" is an initial response of no length.
  const presented = await present(conversation, mechanism, initial === "=" ? "" : initial);
  return async () => {
    const outcome = await verify(conversation, gmail, presented);
    if ("refused" in outcome) return { lines: outcome.refused };
    talk.login = outcome.login;
    return { lines: ["235 2.7.0 Accepted"], signed: false };
  };
}

function authProblem({ secure, greeted, login }: SmtpTalk, mechanism: string): string | undefined {
  if (!secure) return "530 5.7.0 Must issue a STARTTLS command first";
  if (!greeted) return "503 5.5.1 EHLO/HELO first.";
  if (login !== undefined) return "503 5.5.1 Already authenticated";
  return MECHANISMS.includes(mechanism) ? undefined : "504 5.7.4 Unrecognized Authentication Type";
}

function reset(talk: SmtpTalk): Reply {
  talk.envelope = undefined;
  return { lines: ["250 2.1.5 Flushed"] };
}
