import { randomUUID } from "node:crypto";
import type { HttpAnswer, HttpRequest, HttpService } from "../http.ts";
import { parsePayload } from "./payload.ts";
import { etagOf, present, view } from "./presentation.ts";
import { parseQuery, skipToken } from "./query.ts";
import { deleteRow } from "./removal.ts";
import { consequences, enforce, refuseOwnedMailbox } from "./rules.ts";
import { doesNotExist, payloadError, ServiceError } from "./service-error.ts";
import { type Cell, type DataverseState, findRow, now, type Row, rowsOf, touch } from "./state.ts";
import { type Table, tables } from "./tables.ts";
import { Throttle, throttled } from "./throttle.ts";

export interface DataverseOptions {
  readonly state: () => DataverseState;
  /** `https://contoso.crm.dynamics.com` */
  readonly environmentUrl: string;
  /** Whether a bearer token is good for this environment. */
  readonly authorised: (token: string) => boolean;
  /** Called after a mailbox was saved, so that a scheduled test is seen. */
  readonly onMailboxSaved: () => void;
}

/** Most rows of one page when the client names none. */
const PAGE_LIMIT = 5000;

interface Call extends DataverseOptions {
  readonly request: HttpRequest;
  readonly prefer: Preferences;
  readonly throttle: Throttle;
}

interface Preferences {
  readonly representation: boolean;
  readonly pageSize: number | undefined;
}

/** The Dataverse Web API for the tables that mail needs. */
export function dataverseService(options: DataverseOptions): HttpService {
  const throttle = new Throttle();
  return (request) => {
    const common = { "odata-version": "4.0", "x-ms-service-request-id": randomUUID() };
    try {
      const answer = route({ ...options, throttle, request, prefer: preferences(request.headers["prefer"] ?? "") });
      return { ...answer, headers: { ...common, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const { code, message, status, headers } = error;
      const challenge = status === 401 && {
        "www-authenticate": `Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize, resource_id=${options.environmentUrl}/`,
      };
      return { status, headers: { ...common, ...headers, ...challenge }, body: { error: { code, message } } };
    }
  };
}

function route(call: Call): HttpAnswer {
  const { request, authorised, throttle } = call;
  const token = /^Bearer (\S+)$/.exec(request.headers["authorization"] ?? "")?.[1];
  if (!token || !authorised(token)) throw new ServiceError(401, "", "Unauthorized");
  const wait = throttle.seconds(call.state().behaviour.requestLimit);
  if (wait > 0) throw throttled(call.state().behaviour.requestLimit, wait);
  const path = /^\/api\/data\/v9\.\d\/(.*)$/.exec(decodedPath(request.url))?.[1];
  if (path === undefined) throw new ServiceError(404, "0x80060888", "Resource not found for the segment.");
  if (path === "WhoAmI" || path === "WhoAmI()") return whoAmI(call);
  const [, set = "", id, property, reference] = /^(\w+)(?:\(([^)]*)\))?(?:\/(\w+)(\/\$ref)?)?$/.exec(path) ?? [];
  const table = tables.get(set);
  if (!table) throw new ServiceError(404, "0x80060888", `Resource not found for the segment '${path.slice(0, 80)}'.`);
  const target = property
    ? `${request.method} property`
    : id === undefined
      ? `${request.method} set`
      : `${request.method} row`;
  const method = METHODS[target];
  if (!method || (table.entity === "tracelog" && request.method === "PATCH"))
    throw new ServiceError(
      405,
      "0x8006088a",
      `The requested resource does not support http method '${request.method}'.`,
    );
  return method(call, table, id ?? "", property ?? "", reference !== undefined);
}

function decodedPath({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw new ServiceError(400, "0x80060888", "Bad Request - Error in query syntax.");
  }
}

type Method = (call: Call, table: Table, id: string, property: string, reference: boolean) => HttpAnswer;

const METHODS: Readonly<Record<string, Method>> = {
  "GET set": list,
  "GET row": (call, table, id) => {
    const row = existing(call, table, id);
    if (call.request.headers["if-none-match"] === etagOf(row)) return { status: 304 };
    return { status: 200, body: present(table, row, selected(call, table)) };
  },
  "POST set": (call, table) => create(call, table, body(call)),
  "PATCH row": patch,
  "DELETE row": remove,
  "PUT property": (call, table, id, property) =>
    update(call, table, existing(call, table, id), { [property]: body(call)["value"] ?? null }),
  "DELETE property": (call, table, id, property, reference) =>
    update(call, table, existing(call, table, id), { [reference ? `${property}@odata.bind` : property]: null }),
};

function list({ state, request, environmentUrl, prefer }: Call, table: Table): HttpAnswer {
  const { matches, order, top, count, page } = parseQuery(table, request.url.searchParams);
  const select = selected({ request }, table);
  const rows = rowsOf(state(), table.entitySetName)
    .filter((row) => matches(view(table, row)))
    .toSorted(order);
  // With a page size `$top` is ignored.
  const size = prefer.pageSize ?? PAGE_LIMIT;
  const last = prefer.pageSize === undefined ? Math.min(rows.length, top) : rows.length;
  const end = Math.min((page + 1) * size, last);
  const next = new URL(request.url);
  next.searchParams.set("$skiptoken", skipToken(page + 1));
  return {
    status: 200,
    body: {
      "@odata.context": `${environmentUrl}/api/data/v9.2/$metadata#${table.entitySetName}`,
      ...(count && { "@odata.count": rows.length }),
      value: rows.slice(page * size, end).map((row) => present(table, row, select)),
      ...(end < last && { "@odata.nextLink": next.href }),
    },
  };
}

function create(call: Call, table: Table, payload: Record<string, unknown>): HttpAnswer {
  const state = call.state();
  refuseOwnedMailbox(table.entity, payload);
  const set = parsePayload(state, table, "create", payload);
  const id = String(set[table.primaryId] ?? randomUUID());
  if (findRow(state, table.entitySetName, table.primaryId, id)) {
    throw new ServiceError(412, "0x80040237", "A record with matching key values already exists.");
  }
  for (const { webApiName, requiredLevel, creatable } of table.columns) {
    const missing =
      webApiName && requiredLevel === "ApplicationRequired" && creatable !== false && set[webApiName] === undefined;
    // Assumption: the service has defaults for most required columns; the name has none.
    if (missing && webApiName === table.primaryName)
      throw new ServiceError(400, "0x80040203", `Attribute: ${webApiName} is required.`);
  }
  const row: Row = { ...blank(table), ...set, [table.primaryId]: id };
  enforce(table.entitySetName, { state, before: undefined, set, after: row });
  rowsOf(state, table.entitySetName).push(row);
  touch(state, row);
  return written(call, table, row, 201);
}

/** A new row with the documented defaults. */
export function blank(table: Table): Row {
  return Object.fromEntries(
    table.columns.flatMap(({ webApiName, default: value, type, name }): [string, Cell][] => {
      if (!webApiName) return [];
      if (name === "createdon" || name === "modifiedon") return [[webApiName, now()]];
      return [[webApiName, value ?? (type === "Boolean" ? false : null)]];
    }),
  );
}

function patch(call: Call, table: Table, id: string): HttpAnswer {
  const { request, state } = call;
  const row = findRow(state(), table.entitySetName, table.primaryId, id);
  const ifMatch = request.headers["if-match"];
  if (row && request.headers["if-none-match"] === "*") {
    throw new ServiceError(412, "0x80040237", "A record with matching key values already exists.");
  }
  if (row) return update(call, table, row, body(call));
  if (ifMatch !== undefined) throw doesNotExist(table.entity, id);
  // Without If-Match a PATCH is an upsert.
  return create(call, table, { ...body(call), [table.primaryId]: id });
}

function update(call: Call, table: Table, row: Row, payload: Record<string, unknown>): HttpAnswer {
  const { onMailboxSaved } = call;
  const state = call.state();
  requireVersion(call, row);
  save(state, table, row, parsePayload(state, table, "update", payload));
  if (table.entitySetName === "mailboxes") onMailboxSaved();
  return written(call, table, row, 200);
}

function requireVersion({ request }: Call, row: Row): void {
  const ifMatch = request.headers["if-match"];
  if (ifMatch === undefined || ifMatch === "*" || ifMatch === etagOf(row)) return;
  throw new ServiceError(
    412,
    "0x80060882",
    "The version of the existing record doesn't match the RowVersion property provided.",
  );
}

/** Saves what a caller sets, by the rules of the service. */
export function save(state: DataverseState, table: Table, row: Row, set: Readonly<Record<string, Cell>>): void {
  const after: Row = { ...row, ...set };
  const change = { state, before: row, set, after };
  enforce(table.entitySetName, change);
  consequences(table.entitySetName, change);
  Object.assign(row, after);
  touch(state, row);
}

function remove(call: Call, table: Table, id: string): HttpAnswer {
  const row = existing(call, table, id);
  requireVersion(call, row);
  deleteRow(call.state(), table, row);
  return { status: 204 };
}

function written({ environmentUrl, request, prefer }: Call, table: Table, row: Row, status: 200 | 201): HttpAnswer {
  const url = `${environmentUrl}/api/data/v9.2/${table.entitySetName}(${row[table.primaryId]})`;
  const headers = { "odata-entityid": url, ...(status === 201 && { location: url }) };
  if (!prefer.representation) return { status: 204, headers };
  return {
    status,
    headers: { ...headers, "preference-applied": "return=representation" },
    body: present(table, row, selected({ request }, table)),
  };
}

function existing({ state }: Call, table: Table, id: string): Row {
  const row = findRow(state(), table.entitySetName, table.primaryId, id);
  if (!row) throw doesNotExist(table.entity, id);
  return row;
}

function body({ request }: Call): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(request.body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Told below.
  }
  throw payloadError(request.url.pathname, "The request body is not a JSON object.");
}

function selected({ request }: Pick<Call, "request">, table: Table): readonly string[] | undefined {
  const columns = request.url.searchParams
    .get("$select")
    ?.split(",")
    .map((name) => name.trim());
  for (const column of columns ?? []) {
    if (!table.columns.some(({ webApiName }) => webApiName === column)) {
      throw new ServiceError(
        400,
        "0x80060888",
        `Could not find a property named '${column.slice(0, 80)}' on type 'Microsoft.Dynamics.CRM.${table.entity}'.`,
      );
    }
  }
  return columns;
}

function preferences(prefer: string): Preferences {
  const size = /odata\.maxpagesize=(\d+)/.exec(prefer)?.[1];
  return {
    representation: prefer.includes("return=representation"),
    pageSize: size === undefined ? undefined : Math.min(PAGE_LIMIT, Math.max(1, Number(size))),
  };
}

function whoAmI({ environmentUrl, state }: Call): HttpAnswer {
  const user = rowsOf(state(), "systemusers").find((row) => row["applicationid"] !== null);
  const organization = rowsOf(state(), "organizations")[0];
  return {
    status: 200,
    body: {
      "@odata.context": `${environmentUrl}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
      BusinessUnitId: "00000000-0000-4000-8000-000000000001",
      UserId: user?.["systemuserid"] ?? null,
      OrganizationId: organization?.["organizationid"] ?? null,
    },
  };
}
