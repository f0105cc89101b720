import { Deadline } from "./deadline.ts";
import { SharedWork } from "./shared-work.ts";

/** An answer, and until when it is good, in milliseconds since 1970. */
export interface Fresh<T> {
  readonly value: T;
  readonly until: number;
}

/**
 * Answers that are kept for as long as they are good, by key. One request serves all who wait for it: it has a budget of its own, as
 * the first to ask must not decide how long the others may wait, and ends when the last of them has gone.
 */
export class Kept<T> {
  readonly #limitMs: number;
  readonly #known = new Map<string, Fresh<T>>();
  readonly #asking = new Map<string, SharedWork<T>>();

  /** `limitMs`: longest time for one request, whoever waits for it. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** What is known, or what `ask` brings. A failure is told to all who wait, and not kept. */
  async get(key: string, what: string, deadline: Deadline, ask: (limit: Deadline) => Promise<Fresh<T>>): Promise<T> {
    const known = this.#known.get(key);
    if (known && Date.now() < known.until) return known.value;
    const running = this.#asking.get(key);
    return (running && !running.abandoned ? running : this.#start(key, ask)).wait(deadline, what);
  }

  /** Forgets an answer that has turned out to be of no use, unless another one has come since. */
  drop(key: string, value: T | undefined): void {
    if (value !== undefined && this.#known.get(key)?.value === value) this.#known.delete(key);
  }

  /** All of it; what is being asked for is told to those who wait, and kept. */
  forget(): void {
    this.#known.clear();
  }

  #start(key: string, ask: (limit: Deadline) => Promise<Fresh<T>>): SharedWork<T> {
    const work: SharedWork<T> = new SharedWork(async (signal) => {
      const limit = Deadline.after(this.#limitMs, signal);
      try {
        const fresh = await ask(limit);
        this.#known.set(key, fresh);
        return fresh.value;
      } finally {
        limit[Symbol.dispose]();
        if (this.#asking.get(key) === work) this.#asking.delete(key);
      }
    });
    this.#asking.set(key, work);
    return work;
  }
}
