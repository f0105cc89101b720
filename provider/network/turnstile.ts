import type { Deadline } from "./deadline.ts";

/** Lets so many through at the same time; the others wait in line, each no longer than its own deadline and in its own words. */
export class Turnstile {
  #places: number;
  #inside = 0;
  readonly #line: (() => void)[] = [];

  constructor(places: number) {
    this.#places = places;
  }

  get places(): number {
    return this.#places;
  }

  /** Whoever is inside stays, also where there are fewer places than that. */
  set places(places: number) {
    this.#places = places;
    this.#admit();
  }

  /** `what` says what was waited for, should the deadline end in line. */
  async pass<T>(what: string, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    await this.#enter(what, deadline);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(what: string, deadline: Deadline): Promise<void> {
    if (this.#inside < this.#places) {
      this.#inside++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const turn = () => {
        deadline.signal.removeEventListener("abort", over);
        resolve();
      };
      const over = () => {
        this.#line.splice(this.#line.indexOf(turn), 1);
        reject(deadline.fault(what));
      };
      if (deadline.signal.aborted) {
        reject(deadline.fault(what));
        return;
      }
      this.#line.push(turn);
      deadline.signal.addEventListener("abort", over, { once: true });
    });
  }

  #leave(): void {
    this.#inside--;
    this.#admit();
  }

  /** A place goes straight to the next in line. */
  #admit(): void {
    while (this.#inside < this.#places) {
      const next = this.#line.shift();
      if (!next) return;
      this.#inside++;
      next();
    }
  }
}
