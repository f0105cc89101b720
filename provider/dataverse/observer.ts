import { Fault } from "../fault.ts";
import type { Json } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import { Kept } from "../network/kept.ts";
import { MOST_LARGEST_PAGES } from "./query.ts";
import { GOOD_FOR_MS, keyOf, type Seen } from "./seen.ts";
import { definitionOf, type TableName } from "./tables.ts";

/** Longest time for a look that others share, in milliseconds. */
const LOOKING_LIMIT_MS = 60_000;
/** From so many rows on those that are alike are looked at together: fewer fit into a list of ids. */
const PAGES_FROM = 20;
/** Alternatives of a filter in one request: so many make a URL of about 6 KB. */
const MOST_VALUES = 80;

/** What rows have in common that are going to be asked for together: one of these ids in a column. */
export interface Alike {
  readonly column: string;
  readonly values: readonly string[];
  /** A filter for all that there are, for where many have none of these ids yet, or not any more. */
  readonly wider: string;
}

/** How rows are asked for. */
export interface Asking {
  /** What is read of one; undefined where the service says that there is none. */
  one(table: TableName, id: string, what: string, deadline: Deadline): Promise<Json | undefined>;
  /** The pages of all that a filter fits, whose rows are kept as seen; the next one is asked for when it is wanted. */
  pages(table: TableName, filter: string, what: string, deadline: Deadline): AsyncGenerator<Json[]>;
}

interface Look {
  readonly answer: Json | undefined;
  readonly isCurrent: () => boolean;
}

/** Looks at many rows by few requests, and at each of them no more often than it has to. */
export class Observer {
  readonly #seen: Seen;
  readonly #ask: Asking;
  readonly #pagesFrom: number;
  /** Looks at single rows that are on their way. */
  readonly #looks = new Kept<Look>(LOOKING_LIMIT_MS);
  readonly #pages = new Kept<true>(LOOKING_LIMIT_MS);
  /** Rows that are alike, by table and id. */
  readonly #looked = new Set<string>();
  /** Those of them that are none of those which they were looked for among. */
  readonly #missed = new Set<string>();

  /** `pagesFrom`: from how many rows on those that are alike are looked at together. */
  constructor(seen: Seen, ask: Asking, pagesFrom = PAGES_FROM) {
    this.#seen = seen;
    this.#ask = ask;
    this.#pagesFrom = pagesFrom;
  }

  async look(
    table: TableName,
    id: string,
    what: string,
    deadline: Deadline,
    alike: Alike | undefined,
  ): Promise<Json | undefined> {
    if (alike && !this.#seen.look(table, id)) await this.#lookAtAll(table, id, alike, deadline);
    if (alike && !this.#seen.look(table, id)) await this.#lookWider(table, id, alike, deadline);
    const known = this.#seen.look(table, id);
    if (known) return known;
    const { answer, isCurrent } = await this.#looks.get(keyOf(table, id), what, deadline, async (limit) => {
      const moment = this.#seen.moment();
      const found = await this.#ask.one(table, id, what, limit);
      return { value: { answer: found, isCurrent: () => this.#seen.isCurrent(table, id, moment) }, until: 0 };
    });
    return isCurrent() ? answer : this.#ask.one(table, id, what, deadline);
  }

  forget(): void {
    this.#seen.forget();
    this.#looked.clear();
    this.#missed.clear();
    this.#pages.forget();
  }

  async #lookAtAll(table: TableName, id: string, { column, values }: Alike, deadline: Deadline): Promise<void> {
    this.#looked.add(keyOf(table, id));
    if (values.length === 0 || this.#looked.size < this.#pagesFrom) return;
    const wanted = [...new Set(values.map((value) => value.toLowerCase()))].sort();
    const filters = wanted.flatMap((_, from) => {
      const some = wanted.slice(from, from + MOST_VALUES).map((value) => `${column} eq ${value}`);
      return from % MOST_VALUES === 0 ? [some.join(" or ")] : [];
    });
    await this.#lookAtPages(table, filters, Number.POSITIVE_INFINITY, deadline);
  }

  async #lookWider(table: TableName, id: string, { wider }: Alike, deadline: Deadline): Promise<void> {
    this.#missed.add(keyOf(table, id));
    if (this.#missed.size >= this.#pagesFrom) await this.#lookAtPages(table, [wider], MOST_LARGEST_PAGES, deadline);
  }

  /** Nothing comes of it where it fails: then each row is asked for by its id, which says why. */
  async #lookAtPages(table: TableName, filters: readonly string[], most: number, deadline: Deadline): Promise<void> {
    const what = `Reading rows (${definitionOf(table).label})`;
    await this.#pages.get(`${table} ${filters}`, what, deadline, async (limit) => {
      const until = Date.now() + GOOD_FOR_MS;
      try {
        for (const filter of filters) {
          let pages = 0;
          for await (const _ of this.#ask.pages(table, filter, what, limit)) if (++pages === most) break;
        }
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
      }
      return { value: true, until };
    });
  }
}
