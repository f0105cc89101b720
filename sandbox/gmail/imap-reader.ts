import type { ServerConnection } from "./line-server.ts";

/** Of a message that is appended, in octets, as Gmail announces it. */
export const APPEND_LIMIT = 35_651_584;
/** Octets of a literal that is no message to append, and of a command before its last literal. */
const COMMAND_LIMIT = 64 * 1024;
/** Octets of a literal that comes unasked (RFC 7888 section 5, "LITERAL-"). */
const UNASKED_LIMIT = 4096;

/** A tag, a command, and the rest with its literals (RFC 3501 section 9). */
const COMMAND = /^([\w!#$&',./:;<=>?@[\]^`|~-]{1,64}) ([A-Za-z]+)(?: (.*))?$/s;
/** The rest of the command follows as so many octets; with `+` the client sends them unasked (RFC 7888). */
const LITERAL = /\{(\d{1,10})(\+?)\}$/;

export interface ReadCommand {
  readonly tag: string;
  /** In upper case. */
  readonly command: string;
  readonly rest: string;
  /** A literal is too large, and was not read; `unasked`: it comes all the same. */
  readonly refused?: "asked" | "unasked";
}

export interface Admission {
  /** Whether messages may be appended, which are larger than other literals. */
  readonly appends: boolean;
  /** Whether there is room for so many octets more. */
  admit(octets: number): boolean;
}

/** The next command. Undefined: it is none. */
export async function readCommand(
  connection: ServerConnection,
  { appends, admit }: Admission,
): Promise<ReadCommand | undefined> {
  let line = await connection.readLine();
  let text = line;
  const head = parse(text);
  if (head === undefined) return undefined;
  const limit = appends && head.command === "APPEND" ? APPEND_LIMIT : COMMAND_LIMIT;
  for (;;) {
    const [announced, octets, plus] = LITERAL.exec(line) ?? [];
    if (announced === undefined) return parse(text);
    const size = Number(octets);
    const large = size > limit || text.length > COMMAND_LIMIT || (plus === "+" && size > UNASKED_LIMIT);
    if (large || !admit(size)) return { ...head, refused: plus === "+" ? "unasked" : "asked" };
    if (plus !== "+") await connection.write("+ go ahead");
    const literal = await connection.readOctets(size);
    line = await connection.readLine();
    text = `${text}\r\n${literal}${line}`;
  }
}

function parse(text: string): ReadCommand | undefined {
  const [, tag, name, rest = ""] = COMMAND.exec(text) ?? [];
  return tag === undefined || name === undefined ? undefined : { tag, command: name.toUpperCase(), rest };
}
