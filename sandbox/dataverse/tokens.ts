import { isGuid, parseMoment } from "./literals.ts";
import { badRequest, shorten } from "./service-error.ts";
import type { Cell } from "./state.ts";

export type Token =
  | { readonly kind: "literal"; readonly text: string; readonly edmType: string | null; readonly value: Cell }
  /** In double quotes: a member of a collection, and nothing else. */
  | { readonly kind: "member"; readonly text: string; readonly value: string }
  | { readonly kind: "name" | "mark"; readonly text: string };

const TOKEN =
  /(\s*)(?:('(?:[^']|'')*')|("(?:[^"\\]|\\.)*")|(@\w+)|([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\d{4}-\d\d-\d\d(?:T[0-9:.]+(?:Z|[+-]\d\d:\d\d))?|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_][\w.]*)|([(),=[\]]))/y;

/** Most tokens of one expression. */
const TOKEN_LIMIT = 5000;

/**
 * Cuts an expression into tokens and puts the values of its parameter aliases in their place; one without a value is
 * null (https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/overview).
 */
export function tokenize(source: string, aliases?: ReadonlyMap<string, string>): Token[] {
  const text = source.trimEnd();
  const tokens: Token[] = [];
  let last: Token | undefined;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match || tokens.length > TOKEN_LIMIT) throw syntaxError(`at position ${at} in '${shorten(text.slice(at))}'`);
    const resume = TOKEN.lastIndex;
    const [, space, quoted, member, alias, value, name, mark] = match;
    const ended = last && (last.kind !== "mark" || last.text === ")" || last.text === "]");
    if (ended && !space && mark === undefined) throw syntaxError(`at position ${at}: a space is missing`);
    if (alias) tokens.push(...aliasTokens(alias, aliases));
    else if (quoted) tokens.push(literal(quoted, "Edm.String", quoted.slice(1, -1).replaceAll("''", "'")));
    else if (member) tokens.push({ kind: "member", text: member, value: unescaped(member) });
    else if (value) tokens.push(valueToken(value));
    else if (name) tokens.push(NAMED.get(name) ?? { kind: "name", text: name });
    else if (mark) tokens.push({ kind: "mark", text: mark });
    last = tokens.at(-1);
    TOKEN.lastIndex = resume;
  }
  return tokens;
}

const NULL = literal("null", null, null);
const NAMED: ReadonlyMap<string, Token> = new Map([
  ["true", literal("true", "Edm.Boolean", true)],
  ["false", literal("false", "Edm.Boolean", false)],
  ["null", NULL],
]);

function literal(text: string, edmType: string | null, value: Cell): Token {
  return { kind: "literal", text, edmType, value };
}

function valueToken(text: string): Token {
  if (isGuid(text)) return literal(text, "Edm.Guid", text.toLowerCase());
  if (/^\d{4}-\d\d-/.test(text)) {
    const time = parseMoment(text);
    if (time === undefined) throw syntaxError(`'${text}' is no moment`);
    return literal(text, "Edm.DateTimeOffset", new Date(time).toISOString());
  }
  return literal(text, /^[+-]?\d+$/.test(text) ? "Edm.Int32" : "Edm.Double", Number(text));
}

/** The value is an expression, but never one with aliases of its own. */
function aliasTokens(alias: string, aliases: ReadonlyMap<string, string> | undefined): Token[] {
  if (!aliases) throw syntaxError(`'${shorten(alias)}' stands inside a parameter alias`);
  const value = aliases.get(alias);
  const tokens = value === undefined ? [NULL] : tokenize(value);
  if (tokens.length === 0) throw syntaxError(`the parameter alias '${shorten(alias)}' is empty`);
  return tokens;
}

function unescaped(member: string): string {
  try {
    const value: unknown = JSON.parse(member);
    if (typeof value === "string") return value;
  } catch {
    // Told below.
  }
  throw syntaxError(`near ${shorten(member)}`);
}

export function syntaxError(where: string): Error {
  return badRequest(`Syntax error in the expression: ${where}.`);
}
