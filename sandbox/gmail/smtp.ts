import type { GmailAccount, GoogleState } from "../google/state.ts";
import type { Connection, Dialect } from "./line-server.ts";
import { MECHANISMS } from "./sasl.ts";
import { type Awaiting, exchange } from "./sasl-exchange.ts";

const ID = "sandbox - gsmtp";
/** As Gmail announces it, in bytes. */
const SIZE = 35_882_577;

type Command = (connection: Connection, rest: string) => void;

/** Gmail's submission. Messages are taken and dropped; nothing is ever delivered anywhere. */
export function smtp(state: () => GoogleState): Dialect {
  let awaiting: Awaiting | undefined;
  let account: GmailAccount | undefined;
  let greeted = false;

  const commands: Readonly<Record<string, Command>> = {
    EHLO: (connection) => {
      greeted = true;
      const offer = connection.secure ? "AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH" : "STARTTLS";
      connection.send(
        "250-smtp.gmail.com at your service, [127.0.0.1]",
        `250-SIZE ${SIZE}`,
        "250-8BITMIME",
        `250-${offer}`,
        "250-ENHANCEDSTATUSCODES",
        "250-PIPELINING",
        "250-CHUNKING",
        "250 SMTPUTF8",
      );
    },
    HELO: (connection) => {
      greeted = true;
      connection.send("250 smtp.gmail.com at your service");
    },
    STARTTLS: (connection) => {
      if (connection.secure) {
        connection.send(`503 5.5.1 TLS already started ${ID}`);
        return;
      }
      greeted = false;
      connection.send("220 2.0.0 Ready to start TLS");
      connection.startTls();
    },
    AUTH: (connection, rest) => {
      if (!greeted) return connection.send(`503 5.5.1 EHLO/HELO first. ${ID}`);
      if (!connection.secure) return connection.send(`530 5.7.0 Must issue a STARTTLS command first. ${ID}`);
      const [name = "", initial] = rest.split(" ");
      const mechanism = MECHANISMS.find((candidate) => candidate === name.toUpperCase());
      if (!mechanism) {
        return connection.send(
          `534-5.7.9 Application-specific password required. For more information, go to`,
          `534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor ${ID}`,
        );
      }
      awaiting = exchange(mechanism, initial, state(), {
        protocol: "smtp",
        challenge: (text) => connection.send(`334 ${text}`),
        accepted: (verdict) => {
          account = verdict.account;
          connection.send("235 2.7.0 Accepted");
        },
        refused: ({ text }) => connection.send(...text.split("\r\n")),
      });
    },
    MAIL: (connection) => {
      if (!account) return connection.send(`530 5.5.1 Authentication Required. ${ID}`);
      if (account.condition === "sending-limit")
        return connection.send(`550 5.4.5 Daily user sending limit exceeded. ${ID}`);
      connection.send(`250 2.1.0 OK ${ID}`);
    },
    RCPT: (connection) => connection.send(account ? `250 2.1.5 OK ${ID}` : `530 5.5.1 Authentication Required. ${ID}`),
    DATA: (connection) => {
      if (!account) return connection.send(`530 5.5.1 Authentication Required. ${ID}`);
      connection.send(`354 Go ahead ${ID}`);
      let size = 0;
      const message: Awaiting = (line) => {
        size += line.length + 2;
        if (size > SIZE) {
          connection.end(`552 5.2.3 Your message exceeded Google's message size limits. ${ID}`);
          return undefined;
        }
        if (line !== ".") return message;
        connection.send(`250 2.0.0 OK ${ID}`);
        return undefined;
      };
      awaiting = message;
    },
    RSET: (connection) => connection.send(`250 2.1.5 Flushed ${ID}`),
    NOOP: (connection) => connection.send(`250 2.0.0 OK ${ID}`),
    QUIT: (connection) => connection.end(`221 2.0.0 closing connection ${ID}`),
  };

  return {
    name: "smtp",
    greet: (connection) => connection.send(`220 smtp.gmail.com ESMTP ${ID}`),
    line: (connection, text) => {
      if (awaiting) {
        awaiting = awaiting(text);
        return;
      }
      const [name = "", ...rest] = text.split(" ");
      const command = commands[name.toUpperCase()];
      if (command) command(connection, rest.join(" "));
      else connection.send(`502 5.5.1 Unrecognized command. ${ID}`);
    },
  };
}
