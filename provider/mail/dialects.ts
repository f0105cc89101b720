import { quoted } from "../fault.ts";
import type { MailProtocol } from "./protocol.ts";
import { type MailFailure, protocolFailure } from "./reply.ts";
import type { Wire } from "./wire.ts";

/** A whole reply. */
export interface Answer {
  /** `more`: the server waits for the rest of the command. */
  readonly verdict: "yes" | "no" | "more";
  /** IMAP `OK`, `NO`, `BAD`, `BYE`; POP3 `+OK`, `-ERR`; SMTP's three digits. */
  readonly status: string;
  /** The text of all its lines that say why. */
  readonly text: string;
  /** What came with it: IMAP's untagged responses, POP3's list, SMTP's lines. */
  readonly lines: readonly string[];
}

/** What differs between the three protocols. */
export interface Dialect {
  /** How a greeting begins, whatever it says. */
  readonly greeting: RegExp;
  readonly goodbye: string;
  /** The next reply. With `list` a POP3 list comes after a yes. */
  read(wire: Wire, tag: string, list: boolean): Promise<Answer>;
  /** Whether commands begin with a tag. */
  readonly tagged: boolean;
  readonly asksCapabilities: string;
  readonly startTls: string;
  readonly authenticates: string;
  /** The status that alone says somebody is logged in. */
  readonly loggedIn: string;
  /** What the server says it can do, in upper case; undefined where it does not know the question. */
  capabilities(answer: Answer): readonly string[] | undefined;
  /** The SASL mechanisms among the capabilities; undefined where nothing is said about them. */
  mechanisms(capabilities: readonly string[]): readonly string[] | undefined;
  /** Whether the token may come on the line that names the mechanism, which would then be this one. */
  sendsTokenAtOnce(capabilities: readonly string[], line: string): boolean;
}

/** Most lines of one reply that are taken. */
const LINES_LIMIT = 1000;

/** RFC 3501. */
const imap: Dialect = {
  greeting: /^\* (OK|PREAUTH|BYE|NO|BAD)\b/i,
  goodbye: "Z LOGOUT",
  read: readImap,
  tagged: true,
  asksCapabilities: "CAPABILITY",
  startTls: "STARTTLS",
  authenticates: "AUTHENTICATE",
  loggedIn: "OK",
  capabilities: ({ lines }) =>
    lines.flatMap((line) => /^CAPABILITY (.*)/i.exec(line)?.[1]?.toUpperCase().split(" ") ?? []),
  mechanisms: (capabilities) => capabilities.flatMap((name) => /^AUTH=(.*)/.exec(name)?.[1] ?? []),
  sendsTokenAtOnce: (capabilities) => capabilities.includes("SASL-IR"),
};

/** RFC 1939, RFC 2449, RFC 5034. */
const pop3: Dialect = {
  greeting: /^(\+OK|-ERR)/i,
  goodbye: "QUIT",
  read: readPop3,
  tagged: false,
  asksCapabilities: "CAPA",
  startTls: "STLS",
  authenticates: "AUTH",
  loggedIn: "+OK",
  capabilities: ({ verdict, lines }) => (verdict === "yes" ? lines.map(capability) : undefined),
  // What is left out of the list may be there (RFC 2449 §5), and what Gmail lists is not known.
  mechanisms: (capabilities) =>
    capabilities
      .find((line) => /^SASL\b/.test(line))
      ?.split(" ")
      .slice(1),
  // A line of POP3 has at most 255 bytes (RFC 5034 §4).
  sendsTokenAtOnce: () => false,
};

/** RFC 5321, RFC 4954. */
const smtp: Dialect = {
  greeting: /^\d{3}([ -]|$)/,
  goodbye: "QUIT",
  read: readSmtp,
  tagged: false,
  asksCapabilities: "EHLO gmailsync.localhost",
  startTls: "STARTTLS",
  authenticates: "AUTH",
  loggedIn: "235",
  capabilities: ({ lines }) => lines.slice(1).map(capability),
  // Some old servers write AUTH=.
  mechanisms: (capabilities) => capabilities.flatMap((line) => /^AUTH[ =](.*)/.exec(line)?.[1]?.split(" ") ?? []),
  // A line with a command has at most 512 bytes, its end included (RFC 4954 §4, RFC 5321 §4.5.3.1.4).
  sendsTokenAtOnce: (_, line) => line.length <= 510,
};

export const DIALECTS: Readonly<Record<MailProtocol, Dialect>> = { imap, pop3, smtp };

/** A capability, which some servers write in other cases and with blanks behind it. */
function capability(line: string): string {
  return line.trim().toUpperCase();
}

/** Up to the reply with the tag, or a goodbye, after which nothing comes (RFC 3501 §7.1.5); the greeting has the tag `*`. */
async function readImap(wire: Wire, tag: string): Promise<Answer> {
  const lines: string[] = [];
  /** What the server wants people to see, before the verdict. */
  const notices: string[] = [];
  for (;;) {
    const line = await imapLine(wire);
    if (line.startsWith("+")) return { verdict: "more", status: "+", text: line.slice(1).trim(), lines };
    const [head, status, text] = split(line);
    const isVerdict = /^(OK|NO|BAD|PREAUTH)$/i.test(status);
    if ((head === tag && isVerdict) || (head === "*" && /^BYE$/i.test(status))) {
      return answer(status, [text, ...notices], lines);
    }
    // Without a tag, as some servers refuse what comes too early.
    if (/^(NO|BAD)$/i.test(head)) return answer(head, [line.slice(head.length + 1), ...notices], lines);
    if (head !== "*") throw foreign("imap", line);
    if (lines.push(line.slice(2)) > LINES_LIMIT) throw tooMany();
    if (/^(NO|BAD)$/i.test(status)) notices.push(text);
  }
}

function answer(status: string, texts: readonly string[], lines: readonly string[]): Answer {
  const upper = status.toUpperCase();
  return { verdict: /^(OK|PREAUTH)$/.test(upper) ? "yes" : "no", status: upper, text: texts.join(" "), lines };
}

/** What a status says to people goes to the end of the line, whatever it is (RFC 3501 §9, resp-text). */
const STATUS = /^\S+ (OK|NO|BAD|PREAUTH|BYE) (?!\[)/i;

/** A line with its literals in it. */
async function imapLine(wire: Wire): Promise<string> {
  let line = await wire.line();
  if (STATUS.test(line)) return line;
  for (let pieces = 0; ; pieces++) {
    const length = /\{(\d{1,12})\+?\}$/.exec(line)?.[1];
    if (length === undefined) return line;
    if (pieces > LINES_LIMIT) throw tooMany();
    line = `${line} ${await wire.literal(Number(length))}${await wire.line()}`;
  }
}

async function readPop3(wire: Wire, _: string, list: boolean): Promise<Answer> {
  const line = await wire.line();
  const [status, text] = firstWord(line);
  if (/^-ERR$/i.test(status)) return { verdict: "no", status: "-ERR", text, lines: [] };
  if (status === "+") return { verdict: "more", status, text, lines: [] };
  if (!/^\+OK$/i.test(status)) throw foreign("pop3", line);
  const lines: string[] = [];
  if (list) {
    for (let one = await wire.line(); one !== "."; one = await wire.line()) {
      if (lines.push(one) > LINES_LIMIT) throw tooMany();
    }
  }
  return { verdict: "yes", status: "+OK", text, lines };
}

const VERDICTS: Readonly<Partial<Record<string, Answer["verdict"]>>> = {
  "2": "yes",
  "3": "more",
  "4": "no",
  "5": "no",
};

async function readSmtp(wire: Wire): Promise<Answer> {
  const lines: string[] = [];
  for (;;) {
    const line = await wire.line();
    const [, status = "", goesOn, text = ""] = /^(\d{3})(?:([ -])(.*))?$/s.exec(line) ?? [];
    const verdict = VERDICTS[status.slice(0, 1)];
    if (!verdict) throw foreign("smtp", line);
    if (lines.push(text) > LINES_LIMIT) throw tooMany();
    if (goesOn !== "-") return { verdict, status, text: joined(lines), lines };
  }
}

/** The enhanced status that servers repeat on every line (RFC 2034 §4) is taken once, so that it stands in the middle of no word. */
function joined(lines: readonly string[]): string {
  return lines.map((line, index) => (index > 0 ? line.replace(/^\d\.\d{1,3}\.\d{1,3} +/, "") : line).trim()).join(" ");
}

/** First word, second word, and the rest. */
function split(line: string): readonly [string, string, string] {
  const [head, after] = firstWord(line);
  return [head, ...firstWord(after)];
}

function firstWord(text: string): readonly [string, string] {
  const end = text.indexOf(" ");
  return end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end).trimStart()];
}

/** What no server of the protocol says. */
export function foreign(protocol: MailProtocol, line: string): MailFailure {
  return protocolFailure(`the server says ${quoted(line)}, which is not ${protocol.toUpperCase()}`);
}

function tooMany(): MailFailure {
  return protocolFailure(`the server's reply has more than ${LINES_LIMIT} lines`);
}
