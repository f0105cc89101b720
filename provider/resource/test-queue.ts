import type { Deadline } from "../network/deadline.ts";
import { Turnstile } from "../network/turnstile.ts";
import { PLACES } from "./places.ts";

/** Caps how many tests Dynamics is given at once, and counts them for the status line. */
export class TestQueue {
  readonly #most: number;
  readonly #places: Turnstile;
  #asked = 0;
  #running = 0;
  #mostRunning = 0;
  #isTold = false;
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
      this.#mostRunning = Math.max(this.#mostRunning, ++this.#running);
      try {
        const result = await test();
        good = isGood(result);
        return result;
      } finally {
        this.#running -= 1;
        this.#ended += 1;
        if (!good) this.#failed += 1;
      }
    });
  }

  /**
   * Where one has waited for a place of the engine's: what to tell people of that, once. Nothing where `maxConcurrentTests` lets no more run, or
   * none have run side by side yet: with a new profile the first one goes alone.
   */
  heldBack(): string | undefined {
    if (this.#isTold || this.#mostRunning < 2 || this.#mostRunning >= Math.min(this.#most, PLACES)) return undefined;
    this.#isTold = true;
    return `Tests wait for one another, as Pulumi works on few resources at the same time. PULUMI_PARALLEL=${PLACES} in the environment, or \`--parallel ${PLACES}\`, lets more of them run side by side.`;
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
