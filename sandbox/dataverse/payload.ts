import type { Payload } from "./body.ts";
import { type Place, parseLink } from "./links.ts";
import { isGuid, parseMoment } from "./literals.ts";
import { payloadError, ServiceError, shorten } from "./service-error.ts";
import type { Cell } from "./state.ts";
import { type Column, type Relationship, type Table, typeCodeOf } from "./tables.ts";

type Write = "create" | "update";

/** Checks a payload against the documented columns and returns what it sets, by the names under which rows are kept. */
export function parsePayload(place: Place, table: Table, write: Write, payload: Payload): Record<string, Cell> {
  const cells = Object.entries(payload).flatMap(([name, value]): [string, Cell][] => {
    const at = name.indexOf("@");
    if (at < 0) return columnCells(table, write, name, value);
    const [property, annotation] = [name.slice(0, at), name.slice(at + 1)];
    if (annotation === "odata.bind") return link(place, table, write, property, value);
    checkAnnotation(table, payload, property, annotation, value);
    return [];
  });
  const set = new Map(cells);
  if (set.size === cells.length) return Object.fromEntries(set);
  // Assumption: two-links-in-one-lookup.
  throw payloadError(table.entitySetName, "A lookup is set by two of its navigation properties.");
}

/** Annotations say nothing that is written. Those that the service gives out are taken back; types have to be the column's. */
function checkAnnotation(table: Table, payload: Payload, property: string, annotation: string, value: unknown): void {
  if (annotation === "odata.type") {
    const type = property === "" ? `Microsoft.Dynamics.CRM.${table.entity}` : table.properties.get(property)?.edmType;
    const said = String(typeof value === "string" ? value : "").replace(/^#?(?:Edm\.)?/, "");
    if (type?.replace(/^Edm\./, "") === said) return;
    throw payloadError(
      table.entitySetName,
      `The type of '${shorten(property || table.entity)}' is not '${shorten(said)}'.`,
    );
  }
  const known = property === "" || Object.hasOwn(payload, property) || table.properties.has(property);
  if (!known || !/^[\w.]+(?:#\w+)?$/.test(annotation)) throw undeclared(table, property);
}

function undeclared(table: Table, property: string): ServiceError {
  return payloadError(
    table.entitySetName,
    `An undeclared property '${shorten(property)}' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.`,
  );
}

/** A link to another row by the name of the navigation property, or null to take it away. */
function link(place: Place, table: Table, write: Write, navigation: string, value: unknown): [string, Cell][] {
  const relationship = table.relationships.find((candidate) => candidate.navigationProperty === navigation);
  if (!relationship) throw undeclared(table, navigation);
  return linkCells(place, table, write, relationship, value);
}

/** The cells that hold a link: the lookup and, where it can point to several tables, which of them. */
export function linkCells(
  place: Place,
  table: Table,
  write: Write,
  relationship: Relationship,
  value: unknown,
): [string, Cell][] {
  const column = table.columns.find(({ name }) => name === relationship.referencingAttribute);
  if (!column?.webApiName) throw undeclared(table, relationship.navigationProperty);
  const id = value === null ? null : parseLink(place, table, relationship, value);
  if (!isWritable(column, write)) return [];
  const code = typeCodeOf(table, column);
  const link: [string, Cell] = [column.webApiName, id];
  return code === undefined ? [link] : [link, [code, id && relationship.referencedEntity]];
}

/** The cell that holds a value; none for a column that cannot be written, once the value is one of its type. */
function columnCells(table: Table, write: Write, name: string, value: unknown): [string, Cell][] {
  const column = table.properties.get(name);
  if (!column) {
    throw payloadError(
      table.entitySetName,
      `The property '${shorten(name)}' does not exist on type 'Microsoft.Dynamics.CRM.${table.entity}'. Make sure to only use property names that are defined by the type.`,
    );
  }
  if (column.type === "Lookup" || column.type === "Owner") {
    const text = "CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.";
    throw payloadError(table.entitySetName, text);
  }
  const read = value === null ? null : KINDS[column.edmType ?? ""]?.(value);
  if (read === undefined) {
    const inner = `Cannot convert the literal '${literal(value)}' to the expected type '${column.edmType}'.`;
    throw payloadError(table.entitySetName, inner);
  }
  if (!isWritable(column, write)) return [];
  // Assumption: required-null.
  if (read === null && column.requiredLevel === "SystemRequired")
    throw new ServiceError(400, "0x80040200", `Attribute: ${name} cannot be set to NULL`);
  checkRange(table, column, read);
  return [[name, read]];
}

/**
 * What is set for a column that is not valid for the operation is ignored:
 * https://learn.microsoft.com/power-apps/developer/data-platform/entity-attribute-metadata#supported-operations-and-form-usage-for-columns
 * Assumption: not-writable-columns.
 */
function isWritable({ creatable, updatable }: Column, write: Write): boolean {
  return (write === "create" ? creatable : updatable) !== false;
}

/** What a list or an object holds is not looked at. */
function literal(value: unknown): string {
  if (typeof value === "object") return Array.isArray(value) ? "[…]" : "{…}";
  return shorten(String(value));
}

/** A value as its type wants it; undefined for one of another type. */
type Reader = (value: unknown) => Cell | undefined;

const KINDS: Readonly<Record<string, Reader>> = {
  "Edm.Boolean": (value) => (typeof value === "boolean" ? value : undefined),
  "Edm.Int32": (value) => (typeof value === "number" && (value | 0) === value ? value : undefined),
  "Edm.Int64": (value) => (typeof value === "number" && Number.isInteger(value) ? value : undefined),
  "Edm.Guid": (value) => (typeof value === "string" && isGuid(value) ? value.toLowerCase() : undefined),
  "Edm.DateTimeOffset": (value) => {
    const time = typeof value === "string" ? parseMoment(value) : undefined;
    return time === undefined ? undefined : new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
  },
  "Edm.String": (value) => (typeof value === "string" ? value : undefined),
  // Base64 (OData JSON format 4.0, section 7.1).
  "Edm.Binary": (value) => (typeof value === "string" && /^[\w+/-]*={0,2}$/.test(value) ? value : undefined),
};

function checkRange(table: Table, { name, options, min, max, maxLength }: Column, value: Cell): void {
  if (typeof value === "string" && maxLength !== undefined && value.length > maxLength) {
    throw new ServiceError(
      400,
      "0x80044331",
      `The length of the '${name}' attribute of the '${table.entity}' entity exceeded the maximum allowed length of '${maxLength}'`,
    );
  }
  if (typeof value !== "number") return;
  const outside = `A validation error occurred. The value ${value} of '${name}' on record of type '${table.entity}' is outside the valid range.`;
  if (options && !Object.hasOwn(options, String(value))) {
    throw new ServiceError(400, "0x8004431a", `${outside} Accepted Values: ${Object.keys(options).join(",")}`);
  }
  if ((min !== undefined && value < Number(min)) || (max !== undefined && value > Number(max))) {
    throw new ServiceError(400, "0x8004432f", `${outside} Accepted range: ${min} to ${max}`);
  }
}
