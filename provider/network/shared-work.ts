import type { Deadline } from "./deadline.ts";

/** Work that several callers wait for, each within its own deadline. It is aborted when the last of them has gone. */
export class SharedWork<T> {
  readonly #result: Promise<T>;
  readonly #controller = new AbortController();
  #waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#result = work(this.#controller.signal);
    // Nobody may be waiting any more when it fails.
    this.#result.catch(() => {});
  }

  async wait(deadline: Deadline, what: string): Promise<T> {
    this.#waiting++;
    try {
      return await deadline.race(this.#result, what);
    } finally {
      if (--this.#waiting === 0) this.#controller.abort();
    }
  }

  /** Whether nobody waits for it any more: then it is over or being aborted, and no caller may join. */
  get abandoned(): boolean {
    return this.#controller.signal.aborted;
  }
}
