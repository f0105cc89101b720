import type { Deadline } from "../network/deadline.ts";
import { Turnstile } from "../network/turnstile.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** After so many rounds without a pause there is one place more. */
const ROUNDS = 3;

/**
 * How many requests are in flight: half as many each time the service asks for a pause, and one more when a
 * few times as many have been answered since. Pauses grow until
 * all places are there again, as the service lets in only what has left its window meanwhile.
 */
export class Pace {
  readonly #most: number;
  readonly #turnstile: Turnstile;
  #answered = 0;
  #pauses = 0;
  #pause = FIRST_PAUSE_MS;

  constructor(most: number) {
    this.#most = most;
    this.#turnstile = new Turnstile(most);
  }

  /** Runs a request when there is a place for it; it is given the number of pauses so far. */
  pass<T>(what: string, deadline: Deadline, send: (pauses: number) => Promise<T>): Promise<T> {
    return this.#turnstile.pass(what, deadline, () => send(this.#pauses));
  }

  /** The service has answered a request that was sent after so many pauses. */
  answered(pauses: number): void {
    if (pauses < this.#pauses || ++this.#answered < ROUNDS * this.#turnstile.places) return;
    this.#answered = 0;
    if (this.#turnstile.places < this.#most) this.#turnstile.places++;
    else this.#pause = FIRST_PAUSE_MS;
  }

  /**
   * The service refuses a request that was sent after so many pauses: of many that are in flight the first counts. The shortest time before
   * the next one, in milliseconds.
   */
  refused(pauses: number): number {
    if (pauses < this.#pauses) return 0;
    this.#pauses++;
    this.#answered = 0;
    this.#turnstile.places = Math.max(1, Math.floor(this.#turnstile.places / 2));
    const pause = this.#pause;
    this.#pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    return pause;
  }
}
