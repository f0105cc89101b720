import { Fault } from "../fault.ts";
import { isJson, type Json } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { expectJson, notAsExpected } from "./expect.ts";
import { charactersOf, MOST_CHARACTERS, reduced } from "./row.ts";
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

/** Rows of one answer at most, for those who keep them all. */
export const PAGE_SIZE = 2000;
/** What Dataverse gives at most. */
export const LARGEST_PAGE_SIZE = 5000;
/** Rows that are kept at most. */
export const MOST_ROWS = 20_000;
/** Of the largest pages as many as hold so many rows: who looks at more of them looks at single rows instead. */
export const MOST_LARGEST_PAGES = MOST_ROWS / LARGEST_PAGE_SIZE;
/** Largest page that is read: 5,000 rows have 5 MiB. */
const PAGE_LIMIT_BYTES = 32 * 1024 * 1024;
/** Pages can be short, even empty. */
export const MOST_PAGES = 100;

/** The rows of all pages together, as many as are kept. */
export async function rowsIn(pages: AsyncIterable<Json[]>, what: string): Promise<Json[]> {
  const rows: Json[] = [];
  let characters = 0;
  for await (const page of pages) {
    for (const row of page) characters += charactersOf(row);
    if (rows.length + page.length > MOST_ROWS || characters > MOST_CHARACTERS) throw tooMany(what);
    rows.push(...page);
  }
  return rows;
}

/**
 * What a query finds, page by page. The next one is asked for when the caller is through with this one, and of each only what is read of
 * its rows is kept. `base` is the address of the Web API.
 */
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
  const asked = new Set<string>();
  let url: string | undefined = new URL(`${table}?${query.toString().replaceAll("+", "%20")}`, base).href;
  while (url !== undefined) {
    if (asked.size === MOST_PAGES) throw tooMany(what);
    asked.add(url);
    const call = { what, method: "GET", url, headers: { prefer }, limitBytes: PAGE_LIMIT_BYTES } as const;
    const { rows, next }: Page = pageIn(table, base, what, await exchange.send(call, deadline));
    yield rows;
    if (next !== undefined && asked.has(next)) throw goesRound(what);
    url = next;
  }
}

interface Page {
  readonly rows: Json[];
  /** Where the next one is. */
  readonly next: string | undefined;
}

function pageIn(table: TableName, base: URL, what: string, answer: Answer): Page {
  const { value, "@odata.nextLink": link } = expectJson(what, answer);
  if (!Array.isArray(value) || !value.every(isJson)) throw notAsExpected(what, answer, "a list of rows");
  const rows = value.map((row) => reduced(table, row));
  if (link === undefined) return { rows, next: undefined };
  const next = typeof link === "string" ? URL.parse(link) : null;
  // The token goes along, so the link must lead nowhere else.
  if (next?.origin !== base.origin) throw notAsExpected(what, answer, "followed by a page of the same environment");
  return { rows, next: next.href };
}

function tooMany(what: string): Fault {
  return new Fault({
    kind: "failed-precondition",
    what: `${what}: Dataverse has more than ${MOST_ROWS} rows, more than ${MOST_PAGES} pages of them, or more text in them than is taken`,
  });
}

function goesRound(what: string): Fault {
  return new Fault({
    kind: "unexpected",
    what: `${what}: the answer leads on to a page that was read already`,
    hint: "Check environmentUrl, and that no proxy answers in its place.",
  });
}

/** Rows with one of the ids (Dataverse's query function `In`). */
export function inFilter(column: string, ids: readonly string[]): string {
  const values = ids.map((id) => `"${id}"`).join(",");
  return `Microsoft.Dynamics.CRM.In(PropertyName='${column}',PropertyValues=[${values}])`;
}
