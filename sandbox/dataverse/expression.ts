import { reader } from "./cells.ts";
import { type Comparable, comparable, isGuid } from "./literals.ts";
import { badRequest } from "./service-error.ts";
import type { Row } from "./state.ts";
import type { Column, Table } from "./tables.ts";
import type { Token } from "./tokens.ts";

/** A part of a `$filter` with its type: what it is worth for a row. Booleans are 0 and 1. */
export interface Expression {
  /** Null: the literal null, which goes with every type. */
  readonly edmType: string | null;
  readonly of: (row: Row) => Comparable;
  /** Only of literals. */
  readonly literal?: Token;
}

export function columnExpression(table: Table, column: Column): Expression {
  const read = reader(table, column);
  // Files and images can be asked whether they are there, and nothing else.
  const edmType = column.edmType ?? "Edm.Stream";
  return { edmType, of: (row) => comparable(read(row), edmType) };
}

export function literalExpression(literal: Extract<Token, { kind: "literal" }>): Expression {
  const value = comparable(literal.value, literal.edmType);
  return { edmType: literal.edmType, of: () => value, literal };
}

export function truth(of: (row: Row) => boolean): Expression {
  return { edmType: "Edm.Boolean", of: (row) => Number(of(row)) };
}

export function isTrue(expression: Expression, row: Row): boolean {
  return expression.of(row) === 1;
}

/** An OData name with the name that its errors have, and what it does. */
interface Operator {
  readonly kind: string;
  readonly holds: (a: Comparable, b: Comparable) => boolean;
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["eq", { kind: "Equal", holds: (a, b) => a === b }],
  ["ne", { kind: "NotEqual", holds: (a, b) => a !== b }],
  ["gt", { kind: "GreaterThan", holds: (a, b) => a !== null && b !== null && a > b }],
  ["ge", { kind: "GreaterThanOrEqual", holds: (a, b) => a !== null && b !== null && a >= b }],
  ["lt", { kind: "LessThan", holds: (a, b) => a !== null && b !== null && a < b }],
  ["le", { kind: "LessThanOrEqual", holds: (a, b) => a !== null && b !== null && a <= b }],
]);

export function isOperator(name: string): boolean {
  return OPERATORS.has(name);
}

/** Types whose values can be compared with each other (OData 4.0 URL conventions, section 5.1.1.10). */
const FAMILIES: Readonly<Record<string, string>> = {
  "Edm.Int32": "number",
  "Edm.Int64": "number",
  "Edm.Double": "number",
};
const family = (edmType: string) => FAMILIES[edmType] ?? edmType;

export function compared(left: Expression, name: string, right: Expression): Expression {
  const operator = OPERATORS.get(name);
  const [a, b] = [withGuid(left, right), withGuid(right, left)];
  if (!operator || !comparableWith(a, b)) {
    throw badRequest(
      `A binary operator with incompatible types was detected. Found operand types '${left.edmType}' and '${right.edmType}' for operator kind '${operator?.kind}'.`,
    );
  }
  return truth((row) => operator.holds(a.of(row), b.of(row)));
}

function comparableWith({ edmType: a }: Expression, { edmType: b }: Expression): boolean {
  return a === null || b === null || family(a) === family(b);
}

/** The documents compare lookups with ids in quotes; what is no id stays a string, and does not go with them. */
function withGuid(expression: Expression, other: Expression): Expression {
  const { literal, edmType } = expression;
  const quoted = edmType === "Edm.String" && other.edmType === "Edm.Guid" && literal?.kind === "literal";
  return quoted && isGuid(String(literal.value)) ? { ...expression, edmType: "Edm.Guid" } : expression;
}
