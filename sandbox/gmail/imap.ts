import { present, verify } from "./authenticate.ts";
import type { Conversation, MailAnswer } from "./conversation.ts";
import { connectionId, type Gmail, type Login } from "./gmail.ts";
import { parseArguments } from "./imap-arguments.ts";
import { IMAP_COMMANDS, type ImapReply, type ImapTalk, SUCCESS } from "./imap-commands.ts";
import { refusalLines } from "./refusals.ts";

const CAPABILITIES = "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1";
const BEFORE_LOGIN = `* CAPABILITY ${CAPABILITIES} XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER`;
const AFTER_LOGIN = `* CAPABILITY ${CAPABILITIES} UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584`;
const MECHANISMS = ["XOAUTH2", "OAUTHBEARER", "PLAIN"];

/** A tag, a command, and the rest (RFC 3501 section 9). */
const COMMAND_LINE = /^([\w!#$&',./:;<=>?@[\]^`|~-]{1,64}) ([A-Za-z]+)(?: (.*))?$/;
/** The rest of the command follows as so many octets; with `+` the client sends them unasked (RFC 7888). */
const LITERAL = /\{\d+(\+?)\}$/;

/** Gmail's IMAP (RFC 3501) as far as a login check goes: what common clients ask up to an open inbox. */
export async function imap(conversation: Conversation, gmail: Gmail): Promise<void> {
  const { connection } = conversation;
  const id = connectionId();
  let talk: ImapTalk | undefined;
  try {
    const greeting = `* OK Gimap ready for requests from ${connection.remoteAddress} ${id}`;
    let open = await conversation.turn("GREETING", async () => ({ lines: [greeting] }));
    while (open) {
      const [, tag, name, rest = ""] = COMMAND_LINE.exec(await connection.readLine()) ?? [];
      if (tag === undefined || name === undefined) {
        await connection.write(`* BAD Invalid tag or command ${id}`);
        continue;
      }
      const command = name.toUpperCase();
      open = await conversation.turn(command, await workOf(command, rest), (lines) => tagged(tag, lines));
    }
  } finally {
    talk?.login.release();
  }

  async function workOf(command: string, rest: string): Promise<() => Promise<MailAnswer>> {
    if (command === "LOGOUT") {
      return async () => ({ lines: ["* BYE LOGOUT Requested", "OK 73 good day (Success)"], final: true });
    }
    const literal = LITERAL.exec(rest);
    if (literal !== null) {
      const bye = literal[1] === "+" ? ["* BYE A literal came unasked"] : [];
      return async () => ({ lines: [`BAD Literals are not accepted here ${id}`, ...bye], final: bye.length > 0 });
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
      talk = { login: outcome.login, selected: undefined, deleted: new Set() };
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
    case "NOOP":
      return [SUCCESS];
    case "LOGIN":
      return talk === undefined ? refusalLines("password-given", "imap") : undefined;
  }
  const served = IMAP_COMMANDS.get(command);
  if (talk === undefined || served === undefined) return undefined;
  const given = parseArguments(rest);
  return given === undefined ? ["BAD Could not parse command"] : served(talk, given, command);
}

/** The tag goes before the last line that does not begin as untagged ones do. */
function tagged(tag: string, lines: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => !/^[*+] /.test(line));
  return lines.map((line, index) => (index === last ? `${tag} ${line}` : line));
}
