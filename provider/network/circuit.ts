import { hintOf } from "../codes/codes.ts";
import { Fault } from "../fault.ts";
import { duration } from "./deadline.ts";

/** Rounds of silence after which nobody waits any more. */
const MOST_ROUNDS = 3;

/**
 * Whether a host answers at all. Requests that wait side by side and are all left without an answer are one round; after three rounds with no
 * answer between them, requests fail at once, but for one after each rest that tries again. One answer, whichever, ends it.
 */
export class Circuit {
  readonly #host: string;
  readonly #restMs: number;
  #rounds = 0;
  #counted = Number.NEGATIVE_INFINITY;
  #resting = Number.NEGATIVE_INFINITY;

  constructor(host: string, restMs: number) {
    this.#host = host;
    this.#restMs = restMs;
  }

  /** Why nothing is sent, if so; otherwise the caller sends a request, and tells what became of it. */
  refusal(): Fault | undefined {
    const now = performance.now();
    if (this.#rounds < MOST_ROUNDS) return undefined;
    if (now >= this.#resting) {
      this.#resting = now + this.#restMs;
      return undefined;
    }
    return new Fault({
      kind: "unavailable",
      what: `${this.#host} gave no answer ${MOST_ROUNDS} times in a row, so nothing is sent to it for ${duration(this.#restMs)}`,
      code: "NOT_ANSWERING",
      hint: hintOf("NOT_ANSWERING"),
    });
  }

  answered(): void {
    this.#rounds = 0;
  }

  /** A request that was begun then (on the clock of `performance.now()`) was left without an answer. */
  silent(begun: number): void {
    if (begun < this.#counted) return;
    this.#rounds++;
    this.#counted = performance.now();
    this.#resting = this.#counted + this.#restMs;
  }
}
