import { readFileSync } from "node:fs";

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly edmType: string;
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

export interface Table {
  readonly entity: string;
  readonly entitySetName: string;
  readonly primaryId: string;
  readonly primaryName: string;
  readonly relationships: readonly Relationship[];
  readonly columns: readonly Column[];
}

const ENTITIES = ["emailserverprofile", "mailbox", "organization", "systemuser", "queue", "tracelog"] as const;

/** The tables by their entity set names, from the documented column lists. */
export const tables: ReadonlyMap<string, Table> = new Map(
  ENTITIES.map((entity) => {
    const file = new URL(`../../schema/dataverse/${entity}.columns.json`, import.meta.url);
    const table: Table = JSON.parse(readFileSync(file, "utf8"));
    return [table.entitySetName, table];
  }),
);

export function tableOfEntity(entity: string): Table | undefined {
  return [...tables.values()].find((table) => table.entity === entity);
}

/** `isoauthclientsecretset` tells whether the write-only `oauthclientsecret` is set. */
export function shadowOf(column: Column): string {
  return `is${column.name}set`;
}

export function isWriteOnly(column: Column): boolean {
  return !column.readable;
}
