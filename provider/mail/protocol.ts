export type MailProtocol = "imap" | "pop3" | "smtp";

/** A mail server by the name that its certificate carries. */
export interface MailPeer {
  readonly host: string;
  readonly port: number;
}

/**
 * What is done with a mail server, in its order; every reply is classified by the command it answers. `auth` names the
 * mechanism, `token` sends the token: a server can refuse a token there only. `message` is the message itself, after DATA.
 */
export type MailCommand =
  | "connect"
  | "greeting"
  | "capability"
  | "starttls"
  | "auth"
  | "token"
  | "inbox"
  | "mail"
  | "rcpt"
  | "data"
  | "message"
  | "search"
  | "remove";
