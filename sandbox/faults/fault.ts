export const HTTP_SERVICES = ["dataverse", "entra", "google", "pipelines"] as const;
export const METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"] as const;

/** The mail servers with what can be disturbed there: `CONNECT` comes before TLS, `GREETING` is the server's first word. */
export const MAIL_COMMANDS = {
  imap: words(
    "CONNECT GREETING CAPABILITY ID AUTHENTICATE LOGIN NAMESPACE LIST LSUB XLIST CREATE DELETE RENAME SUBSCRIBE UNSUBSCRIBE STATUS APPEND SELECT EXAMINE FETCH SEARCH STORE COPY MOVE EXPUNGE UID CHECK CLOSE UNSELECT NOOP LOGOUT",
  ),
  pop3: words("CONNECT GREETING CAPA USER PASS AUTH STAT LIST UIDL RETR TOP DELE NOOP RSET QUIT"),
  smtp: words("CONNECT GREETING EHLO HELO STARTTLS AUTH MAIL RCPT DATA RSET NOOP QUIT"),
} as const;
export const MAIL_SERVICES = ["imap", "pop3", "smtp"] as const;

/** Ways in which an answer does not come. */
export const BREAKS = [
  /** The connection is cut, and nothing was done. */
  "reset",
  /** No answer ever comes, and nothing was done. */
  "hang",
  /** The request is done, and the connection cut instead of an answer. */
  "lost-answer",
  /** The request is done, and no answer ever comes. */
  "no-answer",
  /** The request is done; half of its answer comes, less than `content-length` has promised, or half of a mail server's lines. */
  "half-answer",
] as const;
export type Break = (typeof BREAKS)[number];

/** The request is done; half of its answer comes, without the last chunk. */
export const HALF_CHUNKS = "half-chunks";

/**
 * An answer of choice. Strings are sent as they are, as HTML unless `headers` say something else; `{sent}` in them, and in headers, is what the
 * client has sent: method, URL, headers and body.
 */
export interface ChosenAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The request is carried out all the same. Default false. */
  readonly done?: boolean;
}

/** A reply of choice, lines separated by line ends; `{sent}` is the line that the client has sent. IMAP's tag is put before the last one, unless it begins with `* ` or `+ `. */
export interface ChosenReply {
  readonly reply: string;
  /** The server closes after it. Default false. */
  readonly close?: boolean;
  /** The command is carried out all the same. Default false. */
  readonly done?: boolean;
}

/** What can happen to every request. */
export type AnyEffect =
  | Break
  /** The request comes so much later. */
  | { readonly delayMs: number }
  /** The request is done, and its answer comes so much later. */
  | { readonly lateMs: number }
  /** Something is done by the administrator just before, as on the command line: `take role "Basic User" from=…`. */
  | { readonly order: string };

export type HttpEffect =
  | AnyEffect
  | typeof HALF_CHUNKS
  | ChosenAnswer
  /** Reads of Dataverse see rows as they were at least so long ago, though none from before the fault. */
  | { readonly staleMs: number }
  /** The service's clock is ahead, or behind: `Date`, moments that Dataverse writes, and the end of tokens that are issued. */
  | { readonly skewMs: number };

export type MailEffect = AnyEffect | ChosenReply;

type OneOrMore<T extends string> = T | readonly T[];

/** Which of the requests that are meant. */
interface Count {
  /** The first match that is disturbed, from 1. Default: `every`. */
  readonly nth?: number;
  /** From there on every so many. Default 1. */
  readonly every?: number;
  /** How many are disturbed. Default: 1, without end where there is `every`. */
  readonly times?: number;
}

export interface HttpFault extends Count {
  readonly service: (typeof HTTP_SERVICES)[number];
  readonly method?: OneOrMore<(typeof METHODS)[number]>;
  /** Parts of path and query, decoded. */
  readonly path?: OneOrMore<string>;
  /** Ids in path, query or body, in any case of letters. */
  readonly row?: OneOrMore<string>;
  readonly effect: HttpEffect;
}

export interface MailFault extends Count {
  readonly service: (typeof MAIL_SERVICES)[number];
  /** Of those that `MAIL_COMMANDS` has for the service. */
  readonly command?: OneOrMore<string>;
  /** Addresses, in any case of letters: the one that a login is for, from then on the account's own. */
  readonly account?: OneOrMore<string>;
  readonly effect: MailEffect;
}

/** Which requests are disturbed, and how. Faults that a request meets work together, the first added comes first. */
export type Fault = HttpFault | MailFault;

export interface FaultHandle {
  /** Requests that met the description so far; those that an earlier fault has kept away are not seen. */
  readonly matched: number;
  /** How many of them were disturbed. */
  readonly disturbed: number;
  remove(): void;
}

function words(text: string): readonly string[] {
  return text.split(" ");
}
