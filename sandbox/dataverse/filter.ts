import {
  columnExpression,
  compared,
  type Expression,
  isOperator,
  isTrue,
  literalExpression,
  truth,
} from "./expression.ts";
import { type QueryArguments, queryFunction, textFunction } from "./functions.ts";
import { badRequest, noProperty, shorten } from "./service-error.ts";
import type { Row } from "./state.ts";
import type { Table } from "./tables.ts";
import { syntaxError, type Token, tokenize } from "./tokens.ts";

export type Predicate = (row: Row) => boolean;

/** How deep parentheses and `not` may be nested, and how many comparisons may follow each other. */
const DEPTH_LIMIT = 100;

/**
 * `$filter` as far as clients of mail need it (OData 4.0 URL conventions, section 5.1.1, and Dataverse's query
 * functions): every part is typed by its column, and what does not go together is refused. Paths to other tables,
 * lambda expressions and arithmetic are not served.
 */
export function parseFilter(table: Table, text: string, aliases: ReadonlyMap<string, string>): Predicate {
  const expression = new Parser(table, tokenize(text, aliases)).parse();
  return (row) => isTrue(expression, row);
}

class Parser {
  readonly #table: Table;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(table: Table, tokens: readonly Token[]) {
    this.#table = table;
    this.#tokens = tokens;
  }

  parse(): Expression {
    const expression = this.#or();
    if (this.#at < this.#tokens.length) throw syntaxError(`near '${shorten(this.#peek()?.text ?? "")}'`);
    return boolean(expression, "$filter");
  }

  /** The operands stand side by side, and not one inside the other: there may be thousands. */
  #or(): Expression {
    const operands = [this.#and()];
    while (this.#acceptName("or")) operands.push(this.#and());
    return joined("or", operands, (row) => operands.some((operand) => isTrue(operand, row)));
  }

  #and(): Expression {
    const operands = [this.#comparison()];
    while (this.#acceptName("and")) operands.push(this.#comparison());
    return joined("and", operands, (row) => operands.every((operand) => isTrue(operand, row)));
  }

  #comparison(): Expression {
    let left = this.#unary();
    let depth = 0;
    for (let next = this.#peek(); next?.kind === "name" && isOperator(next.text); next = this.#peek()) {
      if (++depth > DEPTH_LIMIT) throw syntaxError("it has too many comparisons in a row");
      this.#at++;
      left = compared(left, next.text, this.#unary());
    }
    return left;
  }

  /** `not` binds more tightly than a comparison. */
  #unary(): Expression {
    if (++this.#depth > DEPTH_LIMIT) throw syntaxError("it is nested too deeply");
    try {
      if (!this.#acceptName("not")) return this.#primary();
      const inner = boolean(this.#unary(), "not");
      return truth((row) => !isTrue(inner, row));
    } finally {
      this.#depth--;
    }
  }

  #primary(): Expression {
    const token = this.#next();
    if (token.kind === "literal") return literalExpression(token);
    if (token.kind === "name")
      return this.#peek()?.text === "(" ? this.#function(token.text) : this.#column(token.text);
    if (token.text !== "(") throw syntaxError(`near '${shorten(token.text)}'`);
    const inner = this.#or();
    this.#require(")");
    return inner;
  }

  #column(name: string): Expression {
    const column = this.#table.properties.get(name);
    if (!column) throw noProperty(this.#table.entity, name);
    return columnExpression(this.#table, column);
  }

  #function(name: string): Expression {
    this.#require("(");
    const condition = queryFunction(name);
    if (condition) return condition(this.#table, this.#queryArguments());
    const args: Expression[] = [];
    do args.push(this.#or());
    while (this.#acceptMark(","));
    this.#require(")");
    return textFunction(name, args);
  }

  /** `PropertyName='mailboxid',PropertyValues=["…","…"])` */
  #queryArguments(): QueryArguments {
    const found = new Map<string, string | readonly string[]>();
    do {
      const { text: name } = this.#next();
      this.#require("=");
      if (found.has(name)) throw syntaxError(`'${shorten(name)}' is given twice`);
      found.set(name, this.#acceptMark("[") ? this.#members() : this.#string());
    } while (this.#acceptMark(","));
    this.#require(")");
    const [propertyName, propertyValues] = [found.get("PropertyName"), found.get("PropertyValues")];
    if (found.size !== 2 || typeof propertyName !== "string" || !Array.isArray(propertyValues)) {
      throw badRequest("The function's parameters are not a PropertyName and a collection of PropertyValues.");
    }
    return { propertyName, propertyValues };
  }

  #members(): string[] {
    const members: string[] = [];
    if (this.#acceptMark("]")) return members;
    do members.push(this.#string());
    while (this.#acceptMark(","));
    this.#require("]");
    return members;
  }

  #string(): string {
    const token = this.#next();
    if (token.kind === "member") return token.value;
    if (token.kind === "literal" && token.edmType === "Edm.String") return String(token.value);
    throw badRequest(`Cannot convert the literal '${shorten(token.text)}' to the expected type 'Edm.String'.`);
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw syntaxError("it ends too early");
    return token;
  }

  #acceptName(text: string): boolean {
    return this.#accept("name", text);
  }

  #acceptMark(text: string): boolean {
    return this.#accept("mark", text);
  }

  #accept(kind: Token["kind"], text: string): boolean {
    const token = this.#peek();
    const found = token?.kind === kind && token.text === text;
    if (found) this.#at++;
    return found;
  }

  #require(mark: string): void {
    if (!this.#acceptMark(mark))
      throw syntaxError(`'${mark}' expected near '${shorten(this.#peek()?.text ?? "the end")}'`);
  }
}

function joined(name: string, operands: readonly Expression[], holds: Predicate): Expression {
  const [only, ...others] = operands;
  if (only && others.length === 0) return only;
  for (const operand of operands) boolean(operand, name);
  return truth(holds);
}

function boolean(expression: Expression, where: string): Expression {
  if (expression.edmType === "Edm.Boolean") return expression;
  throw badRequest(`'${where}' needs a boolean value, not one of the type '${expression.edmType}'.`);
}
