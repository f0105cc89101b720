import { randomBytes } from "node:crypto";
import type { GoogleState } from "../google/state.ts";
import type { Connection, Dialect } from "./line-server.ts";
import { type Awaiting, exchange } from "./sasl-exchange.ts";
import type { Refusal } from "./verdict.ts";

const CAPABILITIES = [
  "USER",
  "RESP-CODES",
  "EXPIRE 0",
  "LOGIN-DELAY 300",
  "TOP",
  "UIDL",
  "X-GOOGLE-VERHOEVEN",
  "SASL PLAIN XOAUTH2",
];

type Command = (connection: Connection, rest: string) => void;

/** Gmail's POP3, as far as a login and STAT go. A mailbox with POP switched off takes the login and refuses STAT. */
export function pop3(state: () => GoogleState): Dialect {
  let awaiting: Awaiting | undefined;
  let loggedIn = false;
  let statRefusal: Refusal | undefined;

  const always: Readonly<Record<string, Command>> = {
    CAPA: (connection) => connection.send("+OK Capability list follows", ...CAPABILITIES, "."),
    NOOP: (connection) => connection.send("+OK"),
    QUIT: (connection) => connection.end("+OK Farewell."),
  };
  const beforeLogin: Readonly<Record<string, Command>> = {
    AUTH: (connection, rest) => {
      const [mechanism = "", initial] = rest.split(" ");
      if (mechanism.toUpperCase() !== "XOAUTH2") {
        connection.send("-ERR malformed command");
        return;
      }
      const accepted = () => {
        loggedIn = true;
        connection.send("+OK Welcome.");
      };
      awaiting = exchange("XOAUTH2", initial, state(), {
        protocol: "pop3",
        challenge: (text) => connection.send(`+ ${text}`),
        accepted,
        refused: (refusal) => {
          if (!refusal.atStat) {
            connection.send(`-ERR ${refusal.text}`);
            return;
          }
          statRefusal = refusal;
          accepted();
        },
      });
    },
  };
  const afterLogin: Readonly<Record<string, Command>> = {
    STAT: (connection) => connection.send(statRefusal ? `-ERR ${statRefusal.text}` : "+OK 0 0"),
    LIST: (connection) => connection.send("+OK 0 messages (0 bytes)", "."),
    UIDL: (connection) => connection.send("+OK", "."),
  };

  return {
    name: "pop3",
    greet: (connection) =>
      connection.send(`+OK Gpop ready for requests from 127.0.0.1 ${randomBytes(6).toString("hex")}`),
    line: (connection, text) => {
      if (awaiting) {
        awaiting = awaiting(text);
        return;
      }
      const [name = "", ...rest] = text.split(" ");
      const command = { ...always, ...(loggedIn ? afterLogin : beforeLogin) }[name.toUpperCase()];
      if (command) command(connection, rest.join(" "));
      else connection.send("-ERR bad command");
    },
  };
}
