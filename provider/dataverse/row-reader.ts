import { Deadline } from "../network/deadline.ts";
import { type Row, type TableName, tables } from "./tables.ts";

type List = <T extends TableName>(table: T, filter: string, deadline: Deadline) => Promise<Row<T>[]>;

/** Reads asked for within this time are served together, in milliseconds. */
const GATHER_MS = 5;
/** Ids per request: with 100 of them the URL stays below 8 KB. */
const BATCH = 100;

interface Gathering<T extends TableName> {
  readonly ids: Set<string>;
  readonly rows: Promise<ReadonlyMap<string, Row<T>>>;
}

/**
 * Serves many reads of single rows by few requests: a refresh of 500 mailboxes costs about five. Reads that fall into
 * the same moment are gathered and asked for by Dataverse's query function `In`.
 */
export class RowReader {
  readonly #list: List;
  readonly #gathering: { [T in TableName]?: Gathering<T> } = {};

  constructor(list: List) {
    this.#list = list;
  }

  async read<T extends TableName>(table: T, id: string, deadline: Deadline): Promise<Row<T> | undefined> {
    const gathering = this.#join(table);
    gathering.ids.add(id.toLowerCase());
    return (await deadline.race(gathering.rows, `Reading ${table}`)).get(id.toLowerCase());
  }

  #join<T extends TableName>(table: T): Gathering<T> {
    const open: Gathering<T> | undefined = this.#gathering[table];
    if (open && open.ids.size < BATCH) return open;
    const ids = new Set<string>();
    const rows = new Promise((resolve) => setTimeout(resolve, GATHER_MS)).then(() => {
      if (this.#gathering[table] === fresh) delete this.#gathering[table];
      return this.#fetch(table, ids);
    });
    const fresh: Gathering<T> = { ids, rows };
    Object.assign(this.#gathering, { [table]: fresh });
    return fresh;
  }

  async #fetch<T extends TableName>(table: T, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Row<T>>> {
    using deadline = Deadline.after(SHARED_LIMIT_MS);
    const values = [...ids].map((id) => `"${id}"`).join(",");
    const filter = `Microsoft.Dynamics.CRM.In(PropertyName='${tables[table].key}',PropertyValues=[${values}])`;
    const rows = await this.#list(table, filter, deadline);
    return new Map(rows.map((row) => [keyOf(table, row), row]));
  }
}

/** A shared request must not end with the deadline of one of those who wait for it, so it has its own. */
const SHARED_LIMIT_MS = 5 * 60_000;

function keyOf<T extends TableName>(table: T, row: Row<T>): string {
  const key: unknown = Reflect.get(row, tables[table].key);
  return String(key).toLowerCase();
}
