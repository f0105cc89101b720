import { type Predicate, parseFilter } from "./filter.ts";
import { ServiceError } from "./service-error.ts";
import type { Cell, Row } from "./state.ts";
import type { Table } from "./tables.ts";

export interface TableQuery {
  readonly matches: Predicate;
  readonly order: (a: Row, b: Row) => number;
  /** Infinity when the client names none. */
  readonly top: number;
  readonly count: boolean;
  /** From 0. */
  readonly page: number;
}

/** Those that are served; the rest of OData (`$expand`, `$apply`) is refused rather than passed over. `$skip` the service refuses too. */
const OPTIONS = new Set(["$select", "$filter", "$orderby", "$top", "$count", "$skiptoken"]);

/** The system query options of a collection. */
export function parseQuery(table: Table, query: URLSearchParams): TableQuery {
  const columns = new Set(table.columns.flatMap(({ webApiName }) => webApiName ?? []));
  for (const option of query.keys()) {
    if (option.startsWith("$") && !OPTIONS.has(option)) throw refused(`The query option '${option}' is not supported.`);
  }
  const filter = query.get("$filter");
  const top = query.get("$top");
  if (top !== null && !/^\d{1,9}$/.test(top)) throw refused(`Invalid value '${top}' for $top query option found.`);
  return {
    matches: filter ? parseFilter(filter, columns) : () => true,
    order: parseOrder(query.get("$orderby"), table, columns),
    top: top === null ? Number.POSITIVE_INFINITY : Number(top),
    count: query.get("$count") === "true",
    page: Number(/pagenumber="(\d{1,9})"/.exec(query.get("$skiptoken") ?? "")?.[1] ?? 0),
  };
}

export function skipToken(page: number): string {
  return `<cookie pagenumber="${page}" istracking="False" />`;
}

/** `emailaddress desc,name`: up to as many columns as the table has. */
function parseOrder(text: string | null, table: Table, columns: ReadonlySet<string>): TableQuery["order"] {
  const keys = (text ?? "").split(",", table.columns.length).flatMap((part) => {
    if (text === null) return [];
    const [, by = "", direction] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/.exec(part) ?? [];
    if (!by) throw refused(`Syntax error in the $orderby expression near '${part}'.`);
    if (!columns.has(by)) throw refused(`Could not find a property named '${by}' on the type.`);
    return [{ by, sign: direction === "desc" ? -1 : 1 }];
  });
  return (a, b) => {
    for (const { by, sign } of keys) {
      const difference = compare(a[by] ?? null, b[by] ?? null);
      if (difference !== 0) return sign * difference;
    }
    return 0;
  };
}

function compare(a: Cell, b: Cell): number {
  if (a === b) return 0;
  return (a ?? "") < (b ?? "") ? -1 : 1;
}

function refused(text: string): ServiceError {
  return new ServiceError(400, "0x80060888", text.slice(0, 200));
}
