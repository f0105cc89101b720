import { octetsOf } from "./latin1.ts";

/** A string, or a parenthesised list. Atoms, quoted strings and literals are not told apart: nothing here depends on it. */
export type ImapArgument = string | readonly ImapArgument[];

/**
 * A part of a command: a parenthesis, a quoted string, the announcement of a literal, a section of FETCH (`BODY[HEADER]<0.9>`), or
 * an atom.
 */
const TOKEN =
  / *(?:([()])|"((?:[^"\\]|\\["\\])*)"|\{(\d{1,8})\+?\}\r\n|(BODY(?:\.PEEK)?\[[^\]\r\n]*\](?:<\d{1,10}\.\d{1,10}>)?|[^\s()"{]+))/iy;
const DEPTH_LIMIT = 8;

/** Arguments of an IMAP command (RFC 3501 section 9), literals in their places; undefined when they are malformed. */
export function parseArguments(text: string): readonly ImapArgument[] | undefined {
  const outer: ImapArgument[] = [];
  const open: ImapArgument[][] = [outer];
  TOKEN.lastIndex = 0;
  let end = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    end = TOKEN.lastIndex;
    const [, parenthesis, quoted, octets, atom] = token;
    const current = open.at(-1);
    if (current === undefined) return undefined;
    if (parenthesis === "(") {
      const list: ImapArgument[] = [];
      current.push(list);
      if (open.push(list) > DEPTH_LIMIT) return undefined;
    } else if (parenthesis === ")") {
      open.pop();
    } else if (octets !== undefined) {
      current.push(text.slice(end, end + Number(octets)));
      end += Number(octets);
      TOKEN.lastIndex = end;
    } else {
      current.push(quoted === undefined ? (atom ?? "") : quoted.replace(/\\(.)/g, "$1"));
    }
  }
  return text.slice(end).trim() === "" && open.length === 1 ? outer : undefined;
}

/** A quoted string. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** A quoted string, a literal where the text cannot be quoted, or NIL (RFC 3501 section 9, "nstring"). */
export function nstring(text: string | undefined): string {
  if (text === undefined) return "NIL";
  // What libraries have decoded is text, everything else octets.
  const octets = /[^\0-\xff]/.test(text) ? octetsOf(text) : text;
  return /^[ -~]{0,1000}$/.test(octets) ? quote(octets) : literal(octets);
}

export function literal(octets: string): string {
  return `{${octets.length}}\r\n${octets}`;
}
