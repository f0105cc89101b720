import { reader } from "./cells.ts";
import { type Cursor, parseSkipToken } from "./cursor.ts";
import { type Predicate, parseFilter } from "./filter.ts";
import { type Comparable, comparable, compare } from "./literals.ts";
import type { Options } from "./options.ts";
import { badRequest, noProperty, shorten } from "./service-error.ts";
import type { Row } from "./state.ts";
import type { Table } from "./tables.ts";
import { syntaxError, type Token, tokenize } from "./tokens.ts";

export interface TableQuery {
  readonly matches: Predicate;
  readonly order: Order;
  /** Infinity when the client names none. */
  readonly top: number;
  readonly count: boolean;
  /** Where the page before has ended. */
  readonly cursor: Cursor | undefined;
}

/** A total order: the last of its columns is the key. */
export interface Order {
  readonly by: readonly string[];
  keysOf(row: Row): readonly Comparable[];
  compare(a: readonly Comparable[], b: readonly Comparable[]): number;
}

/** The system query options of a collection. */
export function parseQuery(table: Table, options: Options): TableQuery {
  const top = options.get("$top");
  const token = options.get("$skiptoken");
  const order = parseOrder(table, options);
  if (top !== undefined && !/^\d{1,9}$/.test(top)) {
    throw badRequest(`Invalid value '${shorten(top)}' for $top query option found.`);
  }
  return {
    matches: matchesOf(table, options),
    order,
    top: top === undefined ? Number.POSITIVE_INFINITY : Number(top),
    count: parseCount(options.get("$count")),
    cursor: token === undefined ? undefined : parseSkipToken(token, order.by),
  };
}

export function matchesOf(table: Table, options: Options): Predicate {
  const filter = options.get("$filter");
  return filter === undefined ? () => true : parseFilter(table, filter, options.aliases);
}

/** The columns to answer with; undefined for all. */
export function parseSelect(table: Table, options: Options): readonly string[] | undefined {
  const columns = options
    .get("$select")
    ?.split(",")
    .map((name) => name.trim());
  const unknown = columns?.find((name) => !table.properties.has(name));
  if (unknown !== undefined) throw noProperty(table.entity, unknown);
  return columns;
}

function parseCount(text: string | undefined): boolean {
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw badRequest(`Invalid value '${shorten(text)}' for $count query option found.`);
}

interface OrderKey {
  readonly name: string;
  readonly sign: 1 | -1;
}

/** `emailaddress desc,name`. Assumption: order-of-equal-rows. */
function parseOrder(table: Table, options: Options): Order {
  const text = options.get("$orderby");
  const keys = text === undefined ? [] : orderKeys(tokenize(text, options.aliases));
  const cells = [...keys, { name: table.primaryId, sign: 1 as const }].map(({ name, sign }) => {
    const column = table.properties.get(name);
    if (!column) throw noProperty(table.entity, name);
    const read = reader(table, column);
    return { label: `${name} ${sign}`, sign, of: (row: Row) => comparable(read(row), column.edmType) };
  });
  return {
    by: cells.map(({ label }) => label),
    keysOf: (row) => cells.map(({ of }) => of(row)),
    compare: (a, b) => {
      for (const [index, { sign }] of cells.entries()) {
        const difference = sign * compare(a[index] ?? null, b[index] ?? null);
        if (difference !== 0) return difference;
      }
      return 0;
    },
  };
}

const DIRECTIONS: ReadonlyMap<string, 1 | -1> = new Map([
  ["asc", 1],
  ["desc", -1],
]);

function orderKeys(tokens: readonly Token[]): OrderKey[] {
  const keys: OrderKey[] = [];
  for (let at = 0; at === 0 || at < tokens.length; ) {
    const name = tokens[at++];
    if (name?.kind !== "name") throw syntaxError(`near '${shorten(name?.text ?? "the end")}' in $orderby`);
    const sign = DIRECTIONS.get(tokens[at]?.text ?? "");
    if (sign) at += 1;
    keys.push({ name: name.text, sign: sign ?? 1 });
    const next = tokens[at++];
    if (next && (next.text !== "," || at === tokens.length)) {
      throw syntaxError(`near '${shorten(next.text)}' in $orderby`);
    }
  }
  return keys;
}
