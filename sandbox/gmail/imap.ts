import { randomBytes } from "node:crypto";
import type { GoogleState } from "../google/state.ts";
import type { Connection, Dialect } from "./line-server.ts";
import { MECHANISMS } from "./sasl.ts";
import { type Awaiting, exchange } from "./sasl-exchange.ts";

const BEFORE_LOGIN =
  "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER";
const AFTER_LOGIN =
  "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584";

const FOLDERS = [
  '(\\HasNoChildren) "/" "INBOX"',
  '(\\HasChildren \\Noselect) "/" "[Gmail]"',
  '(\\All \\HasNoChildren) "/" "[Gmail]/All Mail"',
  '(\\HasNoChildren \\Sent) "/" "[Gmail]/Sent Mail"',
  '(\\HasNoChildren \\Trash) "/" "[Gmail]/Trash"',
];

type Command = (connection: Connection, tag: string, rest: string) => void;

/** Gmail's IMAP, as far as a login and a look at the folders go. There is never any mail in it. */
export function imap(state: () => GoogleState): Dialect {
  let awaiting: Awaiting | undefined;
  let loggedIn = false;
  let selected = false;
  const session = randomBytes(6).toString("hex");

  const always: Readonly<Record<string, Command>> = {
    CAPABILITY: (connection, tag) =>
      connection.send(
        `* CAPABILITY ${loggedIn ? AFTER_LOGIN : BEFORE_LOGIN}`,
        `${tag} OK Thats all she wrote! ${session}`,
      ),
    ID: (connection, tag) =>
      connection.send(
        '* ID ("name" "GImap" "vendor" "Google, Inc." "support-url" "https://support.google.com/mail")',
        `${tag} OK Success`,
      ),
    NOOP: (connection, tag) => connection.send(`${tag} OK Success`),
    LOGOUT: (connection, tag) => connection.end("* BYE LOGOUT Requested", `${tag} OK 73 good day (Success)`),
  };
  const beforeLogin: Readonly<Record<string, Command>> = {
    AUTHENTICATE: (connection, tag, rest) => {
      const [name = "", initial] = rest.split(" ");
      const mechanism = MECHANISMS.find((candidate) => candidate === name.toUpperCase());
      if (!mechanism) {
        connection.send(`${tag} NO [AUTHENTICATIONFAILED] Unsupported authentication mechanism (Failure)`);
        return;
      }
      awaiting = exchange(mechanism, initial, state(), {
        protocol: "imap",
        challenge: (text) => connection.send(`+ ${text}`),
        accepted: () => {
          loggedIn = true;
          connection.send(`* CAPABILITY ${AFTER_LOGIN}`, `${tag} OK authenticated (Success)`);
        },
        refused: ({ text, untagged }) => connection.send(...(untagged ? [`* ${untagged}`] : []), `${tag} NO ${text}`),
      });
    },
    LOGIN: (connection, tag) =>
      connection.send(
        `${tag} NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)`,
      ),
  };
  const afterLogin: Readonly<Record<string, Command>> = {
    NAMESPACE: (connection, tag) => connection.send('* NAMESPACE (("" "/")) NIL NIL', `${tag} OK Success`),
    LIST: (connection, tag) => connection.send(...FOLDERS.map((folder) => `* LIST ${folder}`), `${tag} OK Success`),
    LSUB: (connection, tag) => connection.send(...FOLDERS.map((folder) => `* LSUB ${folder}`), `${tag} OK Success`),
    SELECT: (connection, tag, rest) => open(connection, tag, rest, "READ-WRITE"),
    EXAMINE: (connection, tag, rest) => open(connection, tag, rest, "READ-ONLY"),
    STATUS: (connection, tag) =>
      connection.send('* STATUS "INBOX" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1 UNSEEN 0)', `${tag} OK Success`),
    UNSELECT: (connection, tag) => leave(connection, tag),
    CLOSE: (connection, tag) => leave(connection, tag),
  };

  function open(connection: Connection, tag: string, rest: string, mode: string): void {
    if (rest.replaceAll('"', "").toUpperCase() !== "INBOX") {
      connection.send(`${tag} NO [NONEXISTENT] Unknown Mailbox: ${rest.slice(0, 60)} (Failure)`);
      return;
    }
    selected = true;
    connection.send(
      "* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen)",
      "* 0 EXISTS",
      "* 0 RECENT",
      "* OK [UIDVALIDITY 1] UIDs valid.",
      "* OK [UIDNEXT 1] Predicted next UID.",
      `${tag} OK [${mode}] INBOX selected. (Success)`,
    );
  }

  function leave(connection: Connection, tag: string): void {
    connection.send(
      selected ? `${tag} OK Returned to authenticated state. (Success)` : `${tag} BAD Not in selected state.`,
    );
    selected = false;
  }

  return {
    name: "imap",
    greet: (connection) => connection.send(`* OK Gimap ready for requests from 127.0.0.1 ${session}`),
    line: (connection, text) => {
      if (awaiting) {
        awaiting = awaiting(text);
        return;
      }
      const [, tag, name = "", rest = ""] = /^([^\s+*]{1,64}) ([A-Za-z]+)(?: (.*))?$/.exec(text) ?? [];
      const command = { ...always, ...(loggedIn ? afterLogin : beforeLogin) }[name.toUpperCase()];
      if (!tag || !command) connection.send(`${tag ?? "*"} BAD Unknown command ${session}`);
      else command(connection, tag, rest);
    },
  };
}
