import type { Json } from "../json.ts";
import { Deadline } from "../network/deadline.ts";
import { SharedWork } from "../network/shared-work.ts";

/** How long a read waits for others that can go with it, in milliseconds. */
const GATHERING_MS = 5;
/** Ids in one request: 100 make a URL of about 5 KB, far below the limit of 32 KB. */
const MOST_IDS = 100;

/** Reads rows by id: the answer's objects by id in lower case. */
export type ReadMany = (ids: readonly string[], deadline: Deadline) => Promise<ReadonlyMap<string, Json>>;

/**
 * Single reads that come together are made one request. Pulumi refreshes all resources of a stack at once, and Dataverse
 * counts requests.
 */
export class RowReader {
  readonly #readMany: ReadMany;
  #gathering: Batch | undefined;

  constructor(readMany: ReadMany) {
    this.#readMany = readMany;
  }

  async read(id: string, what: string, deadline: Deadline): Promise<Json | undefined> {
    const key = id.toLowerCase();
    if (!this.#gathering?.accepts(key)) this.#gathering = new Batch(this.#readMany, deadline);
    const rows = await this.#gathering.add(key, what, deadline);
    return rows.get(key);
  }
}

class Batch {
  readonly #ids = new Set<string>();
  readonly #work: SharedWork<ReadonlyMap<string, Json>>;
  #started = false;
  #longest = 0;

  constructor(readMany: ReadMany, first: Deadline) {
    this.#work = new SharedWork(async (signal) => {
      // The others wait on when the first has no more time.
      await first.sleep(GATHERING_MS, "Gathering reads").catch(() => {});
      this.#started = true;
      // Over a moment before those who wait, so that they hear why.
      const deadline = Deadline.after(0.95 * this.#longest, signal);
      try {
        return await readMany([...this.#ids], deadline);
      } finally {
        deadline[Symbol.dispose]();
      }
    });
  }

  accepts(id: string): boolean {
    return !this.#started && !this.#work.abandoned && (this.#ids.size < MOST_IDS || this.#ids.has(id));
  }

  add(id: string, what: string, deadline: Deadline): Promise<ReadonlyMap<string, Json>> {
    this.#ids.add(id);
    this.#longest = Math.max(this.#longest, deadline.remaining);
    return this.#work.wait(deadline, what);
  }
}
