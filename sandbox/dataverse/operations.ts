import type { Target } from "./address.ts";
import { parseBody } from "./body.ts";
import type { Call, Operation, Outcome } from "./call.ts";
import type { Option } from "./options.ts";
import { linkCells } from "./payload.ts";
import { preferenceApplied } from "./preferences.ts";
import { etagOf } from "./presentation.ts";
import { privilegesByNames } from "./privileges-by-names.ts";
import {
  callFunction,
  column,
  columnValue,
  count,
  entityBody,
  existing,
  list,
  reference,
  related,
  retrieve,
} from "./reads.ts";
import { planRemoval } from "./removal.ts";
import { badRequest, payloadError, ServiceError } from "./service-error.ts";
import { findRow, type Row } from "./state.ts";
import { type Relationship, requireMessage, type Table } from "./tables.ts";
import { alreadyThere, planCreate, planSave, planUpdate } from "./writes.ts";

const LIST: readonly Option[] = ["$select", "$filter", "$orderby", "$top", "$count", "$skiptoken"];
const FILTER: readonly Option[] = ["$filter"];
const SELECT: readonly Option[] = ["$select"];
const NONE: readonly Option[] = [];

/** What can be done with the target, by HTTP method, and which query options that takes. */
export function operationsOf(target: Target): Readonly<Record<string, Operation>> {
  switch (target.kind) {
    case "function":
      return { GET: { options: NONE, run: (call) => callFunction(call, target.name) } };
    case "bound":
      return { GET: { options: NONE, run: (call) => privilegesByNames(call, target.table, target.id, target.alias) } };
    case "count":
      return { GET: { options: FILTER, run: (call) => count(call, target.table) } };
    case "set":
      return {
        GET: { options: LIST, run: (call) => list(call, target.table) },
        POST: { options: SELECT, run: (call) => create(call, target.table) },
      };
    case "row": {
      const { table, id } = target;
      return {
        GET: { options: SELECT, run: (call) => retrieve(call, table, id) },
        PATCH: { options: SELECT, run: (call) => patch(call, table, id) },
        DELETE: { options: NONE, run: (call) => remove(call, table, id) },
      };
    }
    case "column": {
      const { table, id } = target;
      const name = target.column.webApiName ?? "";
      return {
        GET: { options: NONE, run: (call) => column(call, table, id, target.column) },
        PUT: { options: NONE, run: (call) => setColumn(call, table, id, name, newValue(call, table)) },
        DELETE: { options: NONE, run: (call) => setColumn(call, table, id, name, null) },
      };
    }
    case "value":
      return { GET: { options: NONE, run: (call) => columnValue(call, target.table, target.id, target.column) } };
    case "related":
      return { GET: { options: SELECT, run: (call) => related(call, target.table, target.id, target.relationship) } };
    case "link": {
      const { table, id, relationship } = target;
      return {
        GET: { options: NONE, run: (call) => reference(call, table, id, relationship) },
        PUT: { options: NONE, run: (call) => setLink(call, table, id, relationship, newLink(call, table)) },
        DELETE: { options: NONE, run: (call) => setLink(call, table, id, relationship, null) },
      };
    }
  }
}

function create(call: Call, table: Table, key?: string): Outcome {
  const change = planCreate(call, table, parseBody(call.request, table.entitySetName), key);
  return { changes: [change], answer: written(call, table, change.row, 201) };
}

/** Without If-Match a PATCH is an upsert. */
function patch(call: Call, table: Table, id: string): Outcome {
  const { request, state } = call;
  const row = findRow(state, table.entitySetName, table.primaryId, id);
  if (row && request.headers["if-none-match"] === "*") throw alreadyThere();
  if (!row && request.headers["if-match"] === undefined) return create(call, table, id);
  return update(call, table, existing(state, table, id));
}

function update(call: Call, table: Table, row: Row): Outcome {
  requireVersion(call, row);
  const change = planUpdate(call, table, row, parseBody(call.request, table.entitySetName));
  return { changes: [change], answer: written(call, table, row, 200) };
}

function setColumn(call: Call, table: Table, id: string, name: string, value: unknown): Outcome {
  const row = existing(call.state, table, id);
  requireVersion(call, row);
  return { changes: [planUpdate(call, table, row, { [name]: value })], answer: written(call, table, row, 200) };
}

function setLink(call: Call, table: Table, id: string, relationship: Relationship, link: unknown): Outcome {
  const row = existing(call.state, table, id);
  requireMessage(table, "Update");
  requireVersion(call, row);
  const cells = linkCells(call, table, "update", relationship, link);
  // Assumption: not-writable-columns.
  if (cells.length === 0) {
    const { referencingAttribute } = relationship;
    throw badRequest(`Attribute '${referencingAttribute}' of entity '${table.entity}' cannot be set on update.`);
  }
  return { changes: [planSave(call.state, table, row, Object.fromEntries(cells))], answer: () => ({ status: 204 }) };
}

/** The one value that a `PUT` of a column brings: absent is not null. */
function newValue({ request }: Call, table: Table): unknown {
  return onlyMember(parseBody(request, table.entitySetName), "value", table);
}

function newLink({ request }: Call, table: Table): unknown {
  const link = onlyMember(parseBody(request, table.entitySetName), "@odata.id", table);
  if (link === null) throw payloadError(table.entitySetName, "The value of '@odata.id' is null.");
  return link;
}

function onlyMember(body: Readonly<Record<string, unknown>>, name: string, { entitySetName }: Table): unknown {
  const others = Object.keys(body).filter((key) => key !== name && !key.startsWith("@odata."));
  if (Object.hasOwn(body, name) && others.length === 0) return body[name];
  throw payloadError(entitySetName, `The payload has to consist of the member '${name}'.`);
}

function remove(call: Call, table: Table, id: string): Outcome {
  const row = existing(call.state, table, id);
  requireVersion(call, row);
  return { changes: planRemoval(call.state, table, row), answer: () => ({ status: 204 }) };
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

function written(call: Call, table: Table, row: Row, status: 200 | 201): Outcome["answer"] {
  const { base, prefer } = call;
  const body = entityBody(call, table, row);
  const url = `${base}/${table.entitySetName}(${row[table.primaryId]})`;
  const headers = { "odata-entityid": url, ...(status === 201 && { location: url }) };
  if (!prefer.representation) return () => ({ status: 204, headers });
  const applied = preferenceApplied(prefer, "representation", "annotations");
  return () => ({ status, headers: { ...headers, ...applied }, body: body() });
}
