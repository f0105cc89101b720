import type { Deadline } from "../network/deadline.ts";
import { Turnstile } from "../network/turnstile.ts";

/** Caps how many tests Dynamics is given at once, and counts them for the status line. */
export class TestQueue {
  readonly #most: number;
  readonly #places: Turnstile;
  #asked = 0;
  #ended = 0;
  #failed = 0;

  /** `most`: the provider's `maxConcurrentTests`. */
  constructor(most: number) {
    this.#most = most;
    this.#places = new Turnstile(most);
  }

  /** Runs the test of a mailbox when there is a place for it; `isGood` tells from its result how it is counted. */
  async run<T>(
    address: string,
    deadline: Deadline,
    test: () => Promise<T>,
    isGood: (result: T) => boolean,
  ): Promise<T> {
    this.#asked += 1;
    const line = `Test & Enable of ${address}: waiting for one of the ${this.#most} places that maxConcurrentTests gives to tests`;
    return this.#places.pass(line, deadline, async () => {
      let good = false;
      try {
        const result = await test();
        good = isGood(result);
        return result;
      } finally {
        this.#ended += 1;
        if (!good) this.#failed += 1;
      }
    });
  }

  /** How many tests were asked for so far. */
  get asked(): number {
    return this.#asked;
  }

  /** `12 of 200 tested, 3 failed`: of those asked for so far. One that never had a turn is neither. */
  get summary(): string {
    return `${this.#ended} of ${this.#asked} tested${this.#failed > 0 ? `, ${this.#failed} failed` : ""}`;
  }
}
