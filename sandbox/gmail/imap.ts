import { authenticate, type Outcome } from "./authenticate.ts";
import { connectionId, type Gmail, type Login } from "./gmail.ts";
import { parseArguments } from "./imap-arguments.ts";
import { IMAP_COMMANDS, type ImapReply, type ImapTalk, SUCCESS } from "./imap-commands.ts";
import type { ServerConnection } from "./line-server.ts";
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
export async function imap(connection: ServerConnection, gmail: Gmail): Promise<void> {
  const id = connectionId();
  let talk: ImapTalk | undefined;
  try {
    await connection.write(`* OK Gimap ready for requests from ${connection.remoteAddress} ${id}`);
    for (;;) {
      const [, tag, name, rest = ""] = COMMAND_LINE.exec(await connection.readLine()) ?? [];
      if (tag === undefined || name === undefined) {
        await connection.write(`* BAD Invalid tag or command ${id}`);
        continue;
      }
      const command = name.toUpperCase();
      if (command === "LOGOUT") {
        return await connection.write("* BYE LOGOUT Requested", `${tag} OK 73 good day (Success)`);
      }
      const literal = LITERAL.exec(rest);
      if (literal !== null) {
        await connection.write(`${tag} BAD Literals are not accepted here ${id}`);
        if (literal[1] === "+") return await connection.write("* BYE A literal came unasked");
      } else if (command === "AUTHENTICATE" && talk === undefined) {
        const outcome = await logIn(connection, gmail, rest);
        if ("login" in outcome) talk = { login: outcome.login, selected: undefined, deleted: new Set() };
        await connection.write(...tagged(tag, "login" in outcome ? welcome(outcome.login) : outcome.refused));
      } else {
        const reply = answer(talk, command, rest, connection.remoteAddress);
        await connection.write(...tagged(tag, reply ?? [`BAD Unknown command ${id}`]));
      }
    }
  } finally {
    talk?.login.release();
  }
}

async function logIn(connection: ServerConnection, gmail: Gmail, rest: string): Promise<Outcome> {
  const [name = "", initial] = rest.split(" ");
  const mechanism = name.toUpperCase();
  if (!MECHANISMS.includes(mechanism)) return { refused: ["NO [CANNOT] Unsupported authentication mechanism"] };
  // RFC 4959 section 3: a single "=" is an initial response of no length.
  return authenticate(connection, gmail, "imap", mechanism, initial === "=" ? "" : initial);
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

/** The tag goes before the last line. */
function tagged(tag: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === lines.length - 1 ? `${tag} ${line}` : line));
}
