import type { Deadline } from "../network/deadline.ts";
import { Turnstile } from "../network/turnstile.ts";

/** Caps how many tests Dynamics is given at once, and counts them for the status line. */
export class TestQueue {
  readonly #places: Turnstile;
  #asked = 0;
  #ended = 0;
  #failed = 0;

  constructor(places: number) {
    this.#places = new Turnstile(places);
  }

  /** Runs a test when there is a place for it; `isGood` tells from its result how it is counted. */
  async run<T>(deadline: Deadline, test: () => Promise<T>, isGood: (result: T) => boolean): Promise<T> {
    this.#asked += 1;
    let good = false;
    try {
      const result = await this.#places.pass(deadline, test);
      good = isGood(result);
      return result;
    } finally {
      this.#ended += 1;
      if (!good) this.#failed += 1;
    }
  }

  /** `12 of 200 tested, 3 failed`: of those asked for so far. */
  get summary(): string {
    return `${this.#ended} of ${this.#asked} tested${this.#failed > 0 ? `, ${this.#failed} failed` : ""}`;
  }
}
