import { doesNotExist, payloadError, ServiceError } from "./service-error.ts";
import { type Cell, type DataverseState, findRow } from "./state.ts";
import { type Column, type Table, tableOfEntity } from "./tables.ts";

/** Checks a payload against the documented columns and returns what it sets, by the names under which rows are kept. */
export function parsePayload(
  state: DataverseState,
  table: Table,
  operation: "create" | "update",
  payload: Readonly<Record<string, unknown>>,
): Record<string, Cell> {
  return Object.fromEntries(
    Object.entries(payload)
      .filter(([name]) => !name.startsWith("@"))
      .map(([name, value]) =>
        name.endsWith("@odata.bind")
          ? bind(state, table, name.slice(0, -"@odata.bind".length), value)
          : [name, cell(table, operation, name, value)],
      ),
  );
}

/** Link to another row: `"/emailserverprofiles(<id>)"`, relative or absolute, or null to take it away. */
function bind(state: DataverseState, table: Table, navigation: string, value: unknown): [string, Cell] {
  const relationship = table.relationships.find((candidate) => candidate.navigationProperty === navigation);
  const column = table.columns.find(({ name }) => name === relationship?.referencingAttribute);
  const target = relationship && tableOfEntity(relationship.referencedEntity);
  if (!column?.webApiName || !target) {
    throw payloadError(
      table.entitySetName,
      `An undeclared property '${navigation}' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.`,
    );
  }
  requireWritable(table, "update", column);
  if (value === null) return [column.webApiName, null];
  const id = new RegExp(`(?:^|/)${target.entitySetName}\\(([0-9a-fA-F-]{36})\\)$`).exec(String(value))?.[1];
  if (!id)
    throw payloadError(
      table.entitySetName,
      `The value '${String(value).slice(0, 80)}' is not a link to ${target.entitySetName}.`,
    );
  if (!findRow(state, target.entitySetName, target.primaryId, id)) throw doesNotExist(target.entity, id);
  return [column.webApiName, id.toLowerCase()];
}

function cell(table: Table, operation: "create" | "update", name: string, value: unknown): Cell {
  const column = table.columns.find((candidate) => candidate.webApiName === name);
  if (!column || column.type === "Lookup" || column.type === "Owner") {
    throw payloadError(
      table.entitySetName,
      `The property '${name}' does not exist on type 'Microsoft.Dynamics.CRM.${table.entity}'. Make sure to only use property names that are defined by the type.`,
    );
  }
  requireWritable(table, operation, column);
  if (value === null) {
    // Assumption: code and text; the documentation only says that SystemRequired refuses null.
    if (column.requiredLevel === "SystemRequired" || column.name === table.primaryName) {
      throw new ServiceError(400, "0x80040200", `Attribute: ${name} cannot be set to NULL`);
    }
    return null;
  }
  return KINDS[column.edmType]?.(table, column, value) ?? text(table, column, value);
}

/** Assumption: the service refuses columns that its metadata calls not writable; it may pass over some in silence. */
function requireWritable(table: Table, operation: "create" | "update", column: Column): void {
  const allowed = operation === "create" ? column.creatable : column.updatable;
  if (allowed === false) {
    throw new ServiceError(
      400,
      "0x80040203",
      `Attribute '${column.name}' of entity '${table.entity}' cannot be set on ${operation}.`,
    );
  }
}

type Reader = (table: Table, column: Column, value: unknown) => Cell;

const literal = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 80);

const KINDS: Readonly<Record<string, Reader>> = {
  "Edm.Boolean": (table, column, value) => {
    if (typeof value === "boolean") return value;
    throw payloadError(
      table.entitySetName,
      `Cannot convert the literal '${literal(value)}' to the expected type '${column.edmType}'.`,
    );
  },
  "Edm.Int32": integer,
  "Edm.Int64": integer,
  "Edm.Guid": (table, column, value) => {
    if (typeof value === "string" && /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(value))
      return value.toLowerCase();
    throw payloadError(
      table.entitySetName,
      `Cannot convert the literal '${literal(value)}' to the expected type '${column.edmType}'.`,
    );
  },
  "Edm.DateTimeOffset": (table, column, value) => {
    if (typeof value === "string" && !Number.isNaN(Date.parse(value)))
      return new Date(value).toISOString().replace(/\.\d+Z$/, "Z");
    throw payloadError(
      table.entitySetName,
      `Cannot convert the literal '${literal(value)}' to the expected type '${column.edmType}'.`,
    );
  },
};

function integer(table: Table, column: Column, value: unknown): Cell {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw payloadError(
      table.entitySetName,
      `Cannot convert the literal '${literal(value)}' to the expected type '${column.edmType}'.`,
    );
  }
  if (column.options && !(String(value) in column.options)) {
    throw new ServiceError(
      400,
      "0x8004431a",
      `A validation error occurred. The value ${value} of '${column.name}' on record of type '${table.entity}' is outside the valid range. Accepted Values: ${Object.keys(column.options).join(",")}`,
    );
  }
  if (
    (column.min !== undefined && value < Number(column.min)) ||
    (column.max !== undefined && value > Number(column.max))
  ) {
    throw new ServiceError(
      400,
      "0x8004432f",
      `A validation error occurred. The value ${value} of '${column.name}' on record of type '${table.entity}' is outside the valid range. Accepted range: ${column.min} to ${column.max}`,
    );
  }
  return value;
}

function text(table: Table, column: Column, value: unknown): Cell {
  if (typeof value !== "string") {
    throw payloadError(
      table.entitySetName,
      `Cannot convert the literal '${literal(value)}' to the expected type '${column.edmType}'.`,
    );
  }
  if (column.maxLength !== undefined && value.length > column.maxLength) {
    throw new ServiceError(
      400,
      "0x80044331",
      `The length of the '${column.name}' attribute of the '${table.entity}' entity exceeded the maximum allowed length of '${column.maxLength}'`,
    );
  }
  return value;
}
