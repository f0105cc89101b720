import { present, verify } from "./authenticate.ts";
import type { Conversation, MailAnswer } from "./conversation.ts";
import { connectionId, type Gmail, type Login } from "./gmail.ts";
import { parseArguments } from "./imap-arguments.ts";
import { IMAP_COMMANDS, serve } from "./imap-commands.ts";
import { APPEND_LIMIT, type ReadCommand, readCommand } from "./imap-reader.ts";
import { BAD_ARGUMENTS, type ImapReply, SUCCESS } from "./imap-reply.ts";
import type { ImapTalk } from "./imap-talk.ts";
import { refusalLines } from "./refusals.ts";

// What Gmail announces and is not served here is left out. Assumption: fewer-capabilities.
const CAPABILITIES = "IMAP4rev1 UNSELECT NAMESPACE ID XLIST CHILDREN";
const BEFORE_LOGIN = `* CAPABILITY ${CAPABILITIES} SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=OAUTHBEARER`;
const AFTER_LOGIN = `* CAPABILITY ${CAPABILITIES} UIDPLUS MOVE LIST-EXTENDED LITERAL- SPECIAL-USE APPENDLIMIT=${APPEND_LIMIT}`;
const MECHANISMS = ["XOAUTH2", "OAUTHBEARER", "PLAIN"];

/** Gmail's IMAP (RFC 3501): logins, and what mail clients ask to look at mail. */
export async function imap(conversation: Conversation, gmail: Gmail): Promise<void> {
  const { connection } = conversation;
  const id = connectionId();
  let talk: ImapTalk | undefined;
  try {
    const greeting = `* OK Gimap ready for requests from ${connection.remoteAddress} ${id}`;
    let open = await conversation.turn("GREETING", async () => ({ lines: [greeting] }));
    while (open) {
      let admitted = 0;
      const admit = (octets: number) => {
        const fits = gmail.mail.admit(octets);
        if (fits) admitted += octets;
        return fits;
      };
      try {
        const read = await readCommand(connection, { appends: talk !== undefined, admit });
        if (read === undefined) await connection.write(`* BAD Invalid tag or command ${id}`);
        else open = await conversation.turn(read.command, await workOf(read), (lines) => tagged(read.tag, lines));
      } finally {
        gmail.mail.dismiss(admitted);
      }
    }
  } finally {
    talk?.login.release();
  }

  async function workOf({ command, rest, refused }: ReadCommand): Promise<() => Promise<MailAnswer>> {
    if (command === "LOGOUT") {
      return async () => ({ lines: ["* BYE LOGOUT Requested", "OK 73 good day (Success)"], final: true });
    }
    if (refused !== undefined) {
      const bye = refused === "unasked" ? ["* BYE A literal came unasked"] : [];
      return async () => ({ lines: [`BAD [TOOBIG] The literal is too large ${id}`, ...bye], final: bye.length > 0 });
    }
    if (command === "AUTHENTICATE" && talk === undefined) return logIn(rest);
    return async () => ({
      lines: answer(talk, command, rest, connection.remoteAddress) ?? [`BAD Unknown command ${id}`],
    });
  }

  async function logIn(rest: string): Promise<() => Promise<MailAnswer>> {
    const [name = "", initial] = rest.split(" ");
    const mechanism = name.toUpperCase();
    if (!MECHANISMS.includes(mechanism))
      return async () => ({ lines: ["NO [CANNOT] Unsupported authentication mechanism"] });
    // RFC 4959 section 3: a single "=" is an initial response of no length.
    const presented = await present(conversation, mechanism, initial === "=" ? "" : initial);
    return async () => {
      const outcome = await verify(conversation, gmail, presented);
      if ("refused" in outcome) return { lines: outcome.refused };
      talk = { login: outcome.login, opened: undefined };
      return { lines: welcome(outcome.login) };
    };
  }
}

function welcome({ address }: Login): ImapReply {
  return [AFTER_LOGIN, `OK ${address} authenticated (Success)`];
}

/** Undefined: no such command in this state. */
function answer(
  talk: ImapTalk | undefined,
  command: string,
  rest: string,
  remoteAddress: string,
): readonly string[] | undefined {
  switch (command) {
    case "CAPABILITY":
      return [talk === undefined ? BEFORE_LOGIN : AFTER_LOGIN, `OK Thats all she wrote! ${connectionId()}`];
    case "ID":
      return [`* ID ("name" "GImap" "vendor" "Google, Inc." "remote-host" "${remoteAddress}")`, SUCCESS];
    case "LOGIN":
      return talk === undefined ? refusalLines("password-given", "imap") : undefined;
  }
  if (talk === undefined) return command === "NOOP" ? [SUCCESS] : undefined;
  const served = IMAP_COMMANDS.get(command);
  if (served === undefined) return undefined;
  const given = parseArguments(rest);
  return given === undefined ? BAD_ARGUMENTS : serve(() => served(talk, given, command), talk, command);
}

/** The tag goes before the last line that does not begin as untagged ones do. */
function tagged(tag: string, lines: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => !/^[*+] /.test(line));
  return lines.map((line, index) => (index === last ? `${tag} ${line}` : line));
}
