import { isGuid } from "./literals.ts";
import { badRequest, noSegment, notServed, ServiceError, shorten } from "./service-error.ts";
import { type Column, type Relationship, type Table, tables } from "./tables.ts";

/** What a request is about. */
export type Target =
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "set" | "count"; readonly table: Table }
  | { readonly kind: "row"; readonly table: Table; readonly id: string }
  /** A column of a row, as JSON or as plain text (`/$value`). */
  | { readonly kind: "column" | "value"; readonly table: Table; readonly id: string; readonly column: Column }
  /** What a function that is bound to a row tells of it; arguments come by a parameter alias, `@p`. */
  | {
      readonly kind: "bound";
      readonly table: Table;
      readonly id: string;
      readonly name: BoundFunction;
      readonly alias: string;
    }
  /** The row that a lookup leads to, or the link itself (`/$ref`). */
  | {
      readonly kind: "related" | "link";
      readonly table: Table;
      readonly id: string;
      readonly relationship: Relationship;
    };

/** Functions of users: https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/retrieveusersetofprivilegesbynames */
export type BoundFunction = "RetrieveUserSetOfPrivilegesByNames";

const BOUND = /^Microsoft\.Dynamics\.CRM\.(RetrieveUserSetOfPrivilegesByNames)\(PrivilegeNames=(@\w+)\)$/;

export interface Address {
  /** `v9.2`. */
  readonly version: string;
  readonly target: Target;
}

/** Documented at the service and not served here, so that nobody takes them for missing rows. */
const NOT_SERVED =
  /^(?:|\$metadata|\$batch|(?:EntityDefinitions|RelationshipDefinitions|GlobalOptionSetDefinitions|ManagedPropertyDefinitions)\b.*|(?:Retrieve|Create|Update|Upsert|Delete|Bulk|Initialize|Execute)[A-Z].*|\$crossjoin.*|\$all)$/;

/** `/api/data/v9.2/mailboxes(<id>)/name/$value` (OData 4.0 URL conventions, section 4). */
export function parseAddress(pathname: string): Address {
  const [, version, path] = /^\/api\/data\/(v9\.[0-2])\/(.*)$/.exec(decoded(pathname)) ?? [];
  if (version === undefined || path === undefined) throw noSegment(pathname);
  return { version, target: parseTarget(path) };
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw badRequest("Bad Request - Error in query syntax.");
  }
}

function parseTarget(path: string): Target {
  const [, name] = /^(\w+)(?:\(\))?$/.exec(path) ?? [];
  if (name === "WhoAmI" || name === "RetrieveVersion") return { kind: "function", name };
  if (NOT_SERVED.test(path)) throw notServed(path === "" ? "The service document" : `'${shorten(path)}'`);
  const [first = "", part, last, ...more] = path.split("/");
  const [, set = "", key] = /^(\w+)(?:\((.*)\))?$/.exec(first) ?? [];
  const table = tables.get(set);
  if (!table) throw noSegment(first);
  if (more.length > 0) throw noSegment(more[0] ?? "");
  if (key === undefined) return targetOfSet(table, part, last);
  const id = parseKey(table, key);
  return part === undefined ? { kind: "row", table, id } : targetOfPart(table, id, part, last);
}

function targetOfSet(table: Table, part: string | undefined, last: string | undefined): Target {
  if (part === undefined) return { kind: "set", table };
  if (part === "$count" && last === undefined) return { kind: "count", table };
  throw noSegment(part);
}

function targetOfPart(table: Table, id: string, part: string, last: string | undefined): Target {
  const [, name, alias] = BOUND.exec(part) ?? [];
  if (name === "RetrieveUserSetOfPrivilegesByNames" && alias && table.entity === "systemuser" && last === undefined)
    return { kind: "bound", table, id, name, alias };
  const column = table.properties.get(part);
  if (column && (last === undefined || last === "$value")) {
    return { kind: last === undefined ? "column" : "value", table, id, column };
  }
  const relationship = table.relationships.find(({ navigationProperty }) => navigationProperty === part);
  if (relationship && (last === undefined || last === "$ref")) {
    return { kind: last === undefined ? "related" : "link", table, id, relationship };
  }
  throw noSegment(column || relationship ? (last ?? "") : part);
}

/** `<id>` or `mailboxid=<id>`. None of the tables has an alternate key. Assumption: key-errors. */
function parseKey({ entity, primaryId }: Table, key: string): string {
  const [, name = primaryId, value = ""] = /^(?:\s*(\w+)\s*=)?\s*(.*?)\s*$/.exec(key) ?? [];
  if (name !== primaryId) {
    throw new ServiceError(400, "0x80060888", `'${shorten(name)}' is not a key of the entity '${entity}'.`);
  }
  if (!isGuid(value)) throw badRequest(`Bad Request - Error in query syntax: '${shorten(value)}' is not an id.`);
  return value.toLowerCase();
}
