import { AsyncLocalStorage } from "node:async_hooks";
import type { DataverseState } from "../dataverse/state.ts";

type Rows = DataverseState["rows"];

const seen = new AsyncLocalStorage<Rows>();

/** The state as who is at work here sees it: with the rows of the past inside of `PastRows.show`. */
export function asSeen(state: DataverseState): DataverseState {
  const rows = seen.getStore();
  return rows ? { ...state, rows } : state;
}

/** Rows as they were some time ago, as far as they were looked at. */
export class PastRows {
  readonly #ageMs: number;
  readonly #kept: { readonly at: number; readonly mark: string; readonly rows: Rows }[] = [];

  constructor(ageMs: number) {
    this.#ageMs = ageMs;
  }

  /** Keeps the rows as they are, if they have changed. */
  keep(state: DataverseState): void {
    const mark = markOf(state);
    if (this.#kept.at(-1)?.mark === mark) return;
    this.#kept.push({ at: performance.now(), mark, rows: structuredClone(state.rows) });
  }

  /** Shows the youngest rows that are old enough, or the oldest there are. */
  show<T>(run: () => T): T {
    const latest = performance.now() - this.#ageMs;
    while (this.#kept[1] && this.#kept[1].at <= latest) this.#kept.shift();
    return this.#kept[0] ? seen.run(this.#kept[0].rows, run) : run();
  }
}

/** Each change gives a new version, but for the deletion of a row. */
function markOf({ version, rows }: DataverseState): string {
  return [version, ...Object.values(rows).map(({ length }) => length)].join();
}
