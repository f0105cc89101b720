/** A string, or a parenthesised list. Atoms and quoted strings are not told apart: nothing here depends on it. */
export type ImapArgument = string | readonly ImapArgument[];

/** A part of a command: an opening or closing parenthesis, a quoted string, or an atom. */
const TOKEN = / *(?:([()])|"((?:[^"\\]|\\["\\])*)"|([^\s()"]+))/y;
const DEPTH_LIMIT = 8;

/** Arguments of an IMAP command (RFC 3501 section 9) without literals; undefined when they are malformed. */
export function parseArguments(text: string): readonly ImapArgument[] | undefined {
  const outer: ImapArgument[] = [];
  const open: ImapArgument[][] = [outer];
  TOKEN.lastIndex = 0;
  let end = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    end = TOKEN.lastIndex;
    const [, parenthesis, quoted, atom] = token;
    const current = open.at(-1);
    if (current === undefined) return undefined;
    if (parenthesis === "(") {
      const list: ImapArgument[] = [];
      current.push(list);
      if (open.push(list) > DEPTH_LIMIT) return undefined;
    } else if (parenthesis === ")") {
      open.pop();
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
