import emailserverprofile from "../../schema/dataverse/emailserverprofile.columns.json" with { type: "json" };
import mailbox from "../../schema/dataverse/mailbox.columns.json" with { type: "json" };
import organization from "../../schema/dataverse/organization.columns.json" with { type: "json" };
import queue from "../../schema/dataverse/queue.columns.json" with { type: "json" };
import systemuser from "../../schema/dataverse/systemuser.columns.json" with { type: "json" };
import tracelog from "../../schema/dataverse/tracelog.columns.json" with { type: "json" };
import { ServiceError } from "./service-error.ts";
import type { Row } from "./state.ts";

export interface Column {
  readonly name: string;
  readonly type: string;
  /** Null: has no type of its own in the Web API (files). */
  readonly edmType: string | null;
  /** Name in the Web API; null where the column is not there. */
  readonly webApiName: string | null;
  readonly requiredLevel: "None" | "Recommended" | "ApplicationRequired" | "SystemRequired";
  /** False: can be written and never read. */
  readonly readable: boolean;
  /** Null: not published; taken as writable. */
  readonly creatable: boolean | null;
  readonly updatable: boolean | null;
  readonly maxLength?: number;
  /** Strings for 64-bit numbers. */
  readonly min?: number | string;
  readonly max?: number | string;
  readonly default?: boolean | number;
  readonly options?: Readonly<Record<string, string>>;
}

export interface Relationship {
  readonly referencedEntity: string;
  readonly referencingAttribute: string;
  readonly navigationProperty: string;
  readonly onDeleteOfReferenced: string | null;
}

/** What changes rows; a table knows the messages that its reference page lists. */
export type Message = "Create" | "Update" | "Delete";

interface ColumnList {
  readonly entity: string;
  readonly entitySetName: string;
  readonly primaryId: string;
  readonly primaryName: string;
  readonly relationships: readonly Relationship[];
  readonly columns: readonly Column[];
}

export interface Table extends ColumnList {
  readonly messages: readonly Message[];
  /** By the names of the Web API. */
  readonly properties: ReadonlyMap<string, Column>;
}

/** Assumption: users-not-deleted. */
const TABLES: readonly (readonly [list: object, messages: readonly Message[]])[] = [
  [emailserverprofile, ["Create", "Update", "Delete"]],
  [mailbox, ["Create", "Update", "Delete"]],
  [organization, ["Update"]],
  [systemuser, ["Create", "Update"]],
  [queue, ["Create", "Update", "Delete"]],
  [tracelog, ["Create", "Delete"]],
];

/** The tables by their entity set names, from the documented column lists. */
export const tables: ReadonlyMap<string, Table> = new Map(
  TABLES.map(([list, messages]) => {
    if (!isColumnList(list)) throw new TypeError("a column list without entity, names or columns");
    const properties = new Map(
      list.columns.flatMap((column): [string, Column][] => (column.webApiName ? [[column.webApiName, column]] : [])),
    );
    return [list.entitySetName, { ...list, messages, properties }];
  }),
);

/** The compiler widens what it reads from a file: a choice is any text to it. */
function isColumnList(list: object): list is ColumnList {
  const members = ["entity", "entitySetName", "primaryId", "primaryName", "relationships", "columns"];
  return members.every((member) => member in list);
}

export function tableOfEntity(entity: string): Table | undefined {
  return [...tables.values()].find((table) => table.entity === entity);
}

/** Assumption: unsupported-message. */
export function requireMessage(table: Table, message: Message): void {
  if (table.messages.includes(message)) return;
  const text = `The '${message}' method does not support entities of type '${table.entity}'.`;
  throw new ServiceError(405, "0x80040800", text);
}

/** Which table a lookup of the row points to. */
export function targetOf(table: Table, column: Column, row: Row): Relationship | undefined {
  const targets = targetsOf(table, column);
  const code = typeCodeOf(table, column);
  return code === undefined ? targets[0] : targets.find(({ referencedEntity }) => referencedEntity === row[code]);
}

/** A lookup that can point to several tables keeps which it is: `regardingobjectid` in `regardingobjecttypecode`. */
export function typeCodeOf(table: Table, column: Column): string | undefined {
  return targetsOf(table, column).length > 1 ? column.name.replace(/id$/, "typecode") : undefined;
}

function targetsOf({ relationships }: Table, { name }: Column): Relationship[] {
  return relationships.filter(({ referencingAttribute }) => referencingAttribute === name);
}

/** `isoauthclientsecretset` tells whether the write-only `oauthclientsecret` is set. */
export function shadowOf(column: Column): string {
  return `is${column.name}set`;
}

export function isWriteOnly(column: Column): boolean {
  return !column.readable;
}
