import { ServiceError } from "./service-error.ts";
import type { Cell, Row } from "./state.ts";

export type Predicate = (row: Row) => boolean;

const TOKEN =
  /\s*(?:(Microsoft\.Dynamics\.CRM\.In)|('(?:[^']|'')*')|("[^"]*")|([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})|(\d{4}-\d\d-\d\dT[0-9:.]+Z)|(-?\d+)|([A-Za-z_][A-Za-z0-9_]*)|([(),=[\]]))/y;

/** Most tokens of one filter; a URL holds no more. */
const TOKEN_LIMIT = 5000;

/** `$filter` as far as clients of mail need it (OData 4.01 §5.1.1, and Dataverse's query function `In`). */
export function parseFilter(text: string, columns: ReadonlySet<string>): Predicate {
  return new Parser(tokenize(text), columns).parse();
}

interface Token {
  readonly kind: "name" | "literal" | "in" | "mark";
  readonly text: string;
  readonly value: Cell;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const source = text.trim();
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match || tokens.length > TOKEN_LIMIT) throw syntax(`at position ${at}`);
    const [, isIn, quoted, double, guid, date, number, name, mark] = match;
    if (isIn) tokens.push({ kind: "in", text: isIn, value: null });
    else if (quoted) tokens.push({ kind: "literal", text: quoted, value: quoted.slice(1, -1).replaceAll("''", "'") });
    else if (double) tokens.push({ kind: "literal", text: double, value: double.slice(1, -1) });
    else if (guid) tokens.push({ kind: "literal", text: guid, value: guid.toLowerCase() });
    else if (date) tokens.push({ kind: "literal", text: date, value: date });
    else if (number) tokens.push({ kind: "literal", text: number, value: Number(number) });
    else if (name) tokens.push(NAMED.get(name) ?? { kind: "name", text: name, value: null });
    else if (mark) tokens.push({ kind: "mark", text: mark, value: null });
  }
  return tokens;
}

const NAMED: ReadonlyMap<string, Token> = new Map([
  ["true", { kind: "literal", text: "true", value: true }],
  ["false", { kind: "literal", text: "false", value: false }],
  ["null", { kind: "literal", text: "null", value: null }],
]);

type Compare = (a: Cell, b: Cell) => boolean;

const MOMENT = /^\d{4}-\d\d-\d\dT[0-9:.]+Z$/;

/** Text is compared without regard to case, as the service's collation does; moments with and without fractions by time. */
const fold = (cell: Cell): Cell => {
  if (typeof cell !== "string") return cell;
  return MOMENT.test(cell) ? Date.parse(cell) : cell.toLowerCase();
};
const order = (a: Cell, b: Cell) =>
  a === null || b === null ? Number.NaN : fold(a) === fold(b) ? 0 : (fold(a) ?? "") < (fold(b) ?? "") ? -1 : 1;

const OPERATORS: ReadonlyMap<string, Compare> = new Map<string, Compare>([
  ["eq", (a, b) => fold(a) === fold(b)],
  ["ne", (a, b) => fold(a) !== fold(b)],
  ["gt", (a, b) => order(a, b) > 0],
  ["ge", (a, b) => order(a, b) >= 0],
  ["lt", (a, b) => order(a, b) < 0],
  ["le", (a, b) => order(a, b) <= 0],
]);

const TEXT_FUNCTIONS = new Map<string, (text: string, part: string) => boolean>([
  ["contains", (text, part) => text.includes(part)],
  ["startswith", (text, part) => text.startsWith(part)],
  ["endswith", (text, part) => text.endsWith(part)],
]);

class Parser {
  readonly #tokens: readonly Token[];
  readonly #columns: ReadonlySet<string>;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], columns: ReadonlySet<string>) {
    this.#tokens = tokens;
    this.#columns = columns;
  }

  parse(): Predicate {
    const predicate = this.#or();
    if (this.#at < this.#tokens.length) throw syntax(`near '${this.#tokens[this.#at]?.text}'`);
    return predicate;
  }

  #or(): Predicate {
    let left = this.#and();
    while (this.#accept("or")) {
      const [a, b] = [left, this.#and()];
      left = (row) => a(row) || b(row);
    }
    return left;
  }

  #and(): Predicate {
    let left = this.#term();
    while (this.#accept("and")) {
      const [a, b] = [left, this.#term()];
      left = (row) => a(row) && b(row);
    }
    return left;
  }

  #term(): Predicate {
    if (++this.#depth > 100) throw syntax("it is nested too deeply");
    try {
      if (this.#accept("not")) {
        const inner = this.#term();
        return (row) => !inner(row);
      }
      if (this.#accept("(")) {
        const inner = this.#or();
        this.#require(")");
        return inner;
      }
      const token = this.#next();
      if (token.kind === "in") return this.#in();
      const test = TEXT_FUNCTIONS.get(token.text);
      return test && this.#peek()?.text === "(" ? this.#text(test) : this.#comparison(token);
    } finally {
      this.#depth--;
    }
  }

  #comparison(token: Token): Predicate {
    const column = this.#column(token);
    const name = this.#next().text;
    const compare = OPERATORS.get(name);
    if (!compare) throw syntax(`near '${name}'`);
    const { value } = this.#literal();
    return (row) => compare(row[column] ?? null, value);
  }

  #text(test: (text: string, part: string) => boolean): Predicate {
    this.#require("(");
    const column = this.#column(this.#next());
    this.#require(",");
    const part = String(this.#literal().value).toLowerCase();
    this.#require(")");
    return (row) => test(String(row[column] ?? "").toLowerCase(), part);
  }

  /** `Microsoft.Dynamics.CRM.In(PropertyName='mailboxid',PropertyValues=["…","…"])` */
  #in(): Predicate {
    for (const text of ["(", "PropertyName", "="]) this.#require(text);
    const column = this.#column({ kind: "name", text: String(this.#literal().value), value: null });
    for (const text of [",", "PropertyValues", "=", "["]) this.#require(text);
    const values = new Set<Cell>();
    while (!this.#accept("]")) {
      values.add(fold(this.#literal().value));
      this.#accept(",");
    }
    this.#require(")");
    return (row) => values.has(fold(row[column] ?? null));
  }

  #column(token: Token): string {
    if (token.kind === "name" && this.#columns.has(token.text)) return token.text;
    throw new ServiceError(
      400,
      "0x80060888",
      `Could not find a property named '${token.text.slice(0, 80)}' on the type.`,
    );
  }

  #literal(): Token {
    const token = this.#next();
    if (token.kind !== "literal") throw syntax(`near '${token.text}'`);
    return token;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw syntax("it ends too early");
    return token;
  }

  #accept(text: string): boolean {
    const found = this.#peek()?.text === text && this.#peek()?.kind !== "literal";
    if (found) this.#at++;
    return found;
  }

  #require(text: string): void {
    if (!this.#accept(text)) throw syntax(`'${text}' expected near '${this.#peek()?.text ?? "the end"}'`);
  }
}

function syntax(where: string): ServiceError {
  return new ServiceError(400, "0x80060888", `Syntax error in the $filter expression: ${where}.`);
}
