import { Fault } from "../fault.ts";
import { isJson, type Json } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Exchange } from "./exchange.ts";
import { expectJson, notAsExpected } from "./expect.ts";
import { LOOKUP_TYPE, selectOf, type TableName } from "./tables.ts";

/** Asks for the annotations that are read. */
export const ANNOTATIONS = `odata.include-annotations="${LOOKUP_TYPE}"`;

export interface Query {
  readonly table: TableName;
  /** OData `$filter`; empty for all rows. */
  readonly filter: string;
  readonly orderBy?: string;
  readonly top?: number;
}

/** Rows of one answer at most. */
const PAGE_SIZE = 2000;
/** What Dataverse gives at most. */
export const LARGEST_PAGE_SIZE = 5000;
const MOST_ROWS = 20_000;
/** Pages can be short, even empty. */
const MOST_PAGES = 100;

/** The objects of all pages of a query. `base` is the address of the Web API. */
export async function queryRows(
  exchange: Exchange,
  base: URL,
  query: Query,
  what: string,
  deadline: Deadline,
): Promise<Json[]> {
  const rows: Json[] = [];
  for await (const page of queryPages(exchange, base, query, PAGE_SIZE, what, deadline)) {
    rows.push(...page);
    if (rows.length > MOST_ROWS) throw tooMany(what);
  }
  return rows;
}

/** The same page by page, for those who may stop before the end. */
export async function* queryPages(
  exchange: Exchange,
  base: URL,
  { table, filter, orderBy, top }: Query,
  pageSize: number,
  what: string,
  deadline: Deadline,
): AsyncGenerator<Json[]> {
  const query = new URLSearchParams({
    $select: selectOf(table),
    ...(filter && { $filter: filter }),
    ...(orderBy && { $orderby: orderBy }),
    ...(top !== undefined && { $top: String(top) }),
  });
  // With a page size `$top` would be ignored.
  const prefer = top === undefined ? `odata.maxpagesize=${pageSize},${ANNOTATIONS}` : ANNOTATIONS;
  let url: URL | undefined = new URL(`${table}?${query.toString().replaceAll("+", "%20")}`, base);
  for (let page = 0; url; page++) {
    if (page === MOST_PAGES) throw tooMany(what);
    const answer = await exchange.send({ what, method: "GET", url: url.href, headers: { prefer } }, deadline);
    const { value, "@odata.nextLink": link } = expectJson(what, answer);
    if (!Array.isArray(value) || !value.every(isJson)) throw notAsExpected(what, answer, "a list of rows");
    yield value;
    if (link === undefined) break;
    const next: URL | null = typeof link === "string" ? URL.parse(link) : null;
    // The token goes along, so the link must lead nowhere else.
    if (next?.origin !== base.origin) throw notAsExpected(what, answer, "followed by a page of the same environment");
    url = next;
  }
}

function tooMany(what: string): Fault {
  return new Fault({
    kind: "failed-precondition",
    what: `${what}: Dataverse has more than ${MOST_ROWS} rows, or more than ${MOST_PAGES} pages of them`,
  });
}

/** Rows with one of the ids (Dataverse's query function `In`). */
export function inFilter(column: string, ids: readonly string[]): string {
  const values = ids.map((id) => `"${id}"`).join(",");
  return `Microsoft.Dynamics.CRM.In(PropertyName='${column}',PropertyValues=[${values}])`;
}
