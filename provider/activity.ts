import { setTimeout as delay } from "node:timers/promises";

/** What is under way, for those who want to see it to its end. */
export class Activity {
  readonly #running = new Set<Promise<unknown>>();

  track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const ended = () => this.#running.delete(work);
    work.then(ended, ended);
    return work;
  }

  /** Ends when nothing is under way any more, or after so many milliseconds. Whether anything was. */
  async settled(milliseconds: number): Promise<boolean> {
    if (this.#running.size === 0) return false;
    const over = new AbortController();
    const { signal } = over;
    const patience = delay(milliseconds, undefined, { signal, ref: true }).catch(() => {});
    void patience.then(() => over.abort());
    while (this.#running.size > 0 && !signal.aborted)
      await Promise.race([patience, Promise.allSettled([...this.#running])]);
    over.abort();
    return true;
  }
}
