import { BUSINESS_UNIT, permit, readable } from "./access.ts";
import { type Call, contextOf, found, type Outcome } from "./call.ts";
import { reader } from "./cells.ts";
import { type Cursor, skipToken } from "./cursor.ts";
import { annotationFilter, PAGE_LIMIT, preferenceApplied } from "./preferences.ts";
import { etagOf, presenter } from "./presentation.ts";
import { matchesOf, type Order, parseQuery, parseSelect, type TableQuery } from "./query.ts";
import { doesNotExist, notServed } from "./service-error.ts";
import { type DataverseState, findRow, type Row, rowsOf } from "./state.ts";
import { type Column, type Relationship, type Table, tableOfEntity, targetOf } from "./tables.ts";

/** Rows that `$count` counts: https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/count-rows */
const COUNT_LIMIT = 5000;

export function existing(state: DataverseState, table: Table, id: string): Row {
  const row = findRow(state, table.entitySetName, table.primaryId, id);
  if (!row) throw doesNotExist(table.entity, id);
  return row;
}

export function list(call: Call, table: Table): Outcome {
  const { state, user, prefer, options } = call;
  const select = parseSelect(table, options);
  const query = parseQuery(table, options);
  const annotated = annotationFilter(prefer);
  const rows = readable(state, user, table).filter(query.matches);
  const page = pageOf(rows, query, prefer.pageSize);
  const counts = {
    "Microsoft.Dynamics.CRM.totalrecordcount": query.count ? Math.min(rows.length, COUNT_LIMIT) : -1,
    "Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded": query.count && rows.length > COUNT_LIMIT,
  };
  return found({
    status: 200,
    headers: preferenceApplied(prefer, "pageSize", "annotations"),
    body: {
      "@odata.context": contextOf(call, table.entitySetName, select),
      ...(query.count && { "@odata.count": Math.min(rows.length, COUNT_LIMIT) }),
      ...Object.fromEntries(
        Object.entries(counts).flatMap(([name, value]) => (annotated(name) ? [[`@${name}`, value]] : [])),
      ),
      value: page.rows.map(presenter(state, table, { select, annotated })),
      ...(page.next && { "@odata.nextLink": nextLink(call, page.next) }),
    },
  });
}

interface Page {
  readonly rows: readonly Row[];
  readonly next: Cursor | undefined;
}

/** With a page size `$top` is ignored; a next page asked without one has that of the first. */
function pageOf(rows: readonly Row[], { order, top, cursor }: TableQuery, asked: number | undefined): Page {
  const sized = asked ?? cursor?.size ?? null;
  const untilTop = cursor ? (cursor.left ?? Number.POSITIVE_INFINITY) : top;
  const left = sized === null ? untilTop : Number.POSITIVE_INFINITY;
  const size = Math.min(sized ?? PAGE_LIMIT, left);
  const sorted = after(rows, order, cursor);
  const last = sorted[size - 1];
  const page = sorted.slice(0, size).map(({ row }) => row);
  if (!last || sorted.length <= size || left <= size) return { rows: page, next: undefined };
  const rest = Number.isFinite(left) ? left - size : null;
  return {
    rows: page,
    next: { page: (cursor?.page ?? 1) + 1, size: sized, left: rest, by: order.by, last: last.keys },
  };
}

function after(rows: readonly Row[], { keysOf, compare }: Order, cursor: Cursor | undefined) {
  const keyed = rows.map((row) => ({ row, keys: keysOf(row) }));
  const rest = cursor ? keyed.filter(({ keys }) => compare(keys, cursor.last) > 0) : keyed;
  return rest.sort((a, b) => compare(a.keys, b.keys));
}

function nextLink({ request }: Call, next: Cursor): string {
  const url = new URL(request.url);
  url.searchParams.set("$skiptoken", skipToken(next));
  return url.href;
}

/** Just the number, as text. */
export function count({ state, user, options }: Call, table: Table): Outcome {
  const { length } = readable(state, user, table).filter(matchesOf(table, options));
  return plain(String(Math.min(length, COUNT_LIMIT)));
}

export function retrieve(call: Call, table: Table, id: string): Outcome {
  return shown(call, table, existing(call.state, table, id));
}

/** One row; only that it is unchanged, when the client knows its version and wants no annotations. */
function shown(call: Call, table: Table, row: Row): Outcome {
  const { request, prefer } = call;
  const body = entityBody(call, table, row);
  const known = request.headers["if-none-match"] === etagOf(row) && prefer.annotations === undefined;
  if (known) return found({ status: 304 });
  return found({ status: 200, headers: preferenceApplied(prefer, "annotations"), body: body() });
}

/** A row as an answer of its own; what is selected is checked at once, and shown when it is asked for. */
export function entityBody(call: Call, table: Table, row: Row): () => object {
  const { state, prefer, options } = call;
  const select = parseSelect(table, options);
  const show = presenter(state, table, { select, annotated: annotationFilter(prefer) });
  const context = contextOf(call, table.entitySetName, select);
  return () => ({ "@odata.context": `${context}/$entity`, ...show(row) });
}

/** A column that is null has no content (OData 4.0 protocol, section 11.2.3). */
export function column(call: Call, table: Table, id: string, wanted: Column): Outcome {
  const value = reader(table, wanted)(existing(call.state, table, id));
  if (value === null) return found({ status: 204 });
  const context = contextOf(call, `${table.entitySetName}(${id})/${wanted.webApiName}`);
  return found({ status: 200, body: { "@odata.context": context, value } });
}

export function columnValue({ state }: Call, table: Table, id: string, wanted: Column): Outcome {
  const value = reader(table, wanted)(existing(state, table, id));
  return value === null ? found({ status: 204 }) : plain(String(value));
}

/** The row that a lookup leads to. */
export function related(call: Call, table: Table, id: string, relationship: Relationship): Outcome {
  const target = tableOfEntity(relationship.referencedEntity);
  if (!target) throw notServed(`The entity '${relationship.referencedEntity}'`);
  parseSelect(target, call.options);
  const linked = follow(call.state, table, existing(call.state, table, id), relationship);
  if (!linked) return found({ status: 204 });
  permit(call.state, call.user, { verb: "Read", ...linked });
  return shown(call, linked.table, linked.row);
}

export function reference(call: Call, table: Table, id: string, relationship: Relationship): Outcome {
  const linked = follow(call.state, table, existing(call.state, table, id), relationship);
  if (!linked) return found({ status: 204 });
  const link = `${call.base}/${linked.table.entitySetName}(${linked.row[linked.table.primaryId]})`;
  return found({ status: 200, body: { "@odata.context": contextOf(call, "$ref"), "@odata.id": link } });
}

function follow(state: DataverseState, table: Table, row: Row, relationship: Relationship) {
  const lookup = table.columns.find(({ name }) => name === relationship.referencingAttribute);
  const target = tableOfEntity(relationship.referencedEntity);
  const id = row[lookup?.webApiName ?? ""];
  if (!lookup || !target || typeof id !== "string" || targetOf(table, lookup, row) !== relationship) return undefined;
  const linked = findRow(state, target.entitySetName, target.primaryId, id);
  return linked && { table: target, row: linked };
}

function plain(text: string): Outcome {
  return found({ status: 200, headers: { "content-type": "text/plain" }, body: text });
}

/** Assumption: service-version. */
const VERSION = "9.2.24073.198";

export function callFunction(call: Call, name: string): Outcome {
  const { state, user } = call;
  const organization = rowsOf(state, "organizations")[0];
  const results: Readonly<Record<string, object>> = {
    WhoAmI: {
      BusinessUnitId: BUSINESS_UNIT,
      UserId: user["systemuserid"] ?? null,
      OrganizationId: organization?.["organizationid"] ?? null,
    },
    RetrieveVersion: { Version: VERSION },
  };
  const context = contextOf(call, `Microsoft.Dynamics.CRM.${name}Response`);
  return found({ status: 200, body: { "@odata.context": context, ...results[name] } });
}
