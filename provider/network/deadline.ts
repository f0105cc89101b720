import { Fault } from "../fault.ts";

/** Why a deadline's signal aborted, so that one inside another knows it too. */
const TIME_IS_UP = new DOMException("the time is up", "TimeoutError");
const CANCELLED = new DOMException("the operation was cancelled", "AbortError");

/** Timers of Node.js count no further: 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * One budget for one operation, passed down to everything it does. Every wait ends with it, and says what it waited
 * for. Dispose of it when the operation ends (`try` … `finally`: `using` is not in Node.js 22).
 */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  #budget: number;
  #end: number;
  #timer: NodeJS.Timeout;
  readonly #detach: () => void;

  private constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.signal = this.#controller.signal;
    this.#budget = Math.max(0, milliseconds);
    this.#end = performance.now() + this.#budget;
    this.#timer = this.#alarm(this.#budget);
    const end = () => this.#controller.abort(outer?.reason === TIME_IS_UP ? TIME_IS_UP : CANCELLED);
    outer?.addEventListener("abort", end, { once: true });
    this.#detach = () => outer?.removeEventListener("abort", end);
    if (outer?.aborted) end();
  }

  #alarm(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(TIME_IS_UP), Math.min(milliseconds, LONGEST_TIMER_MS)).unref();
  }

  /** Ends after so many milliseconds, or when the signal aborts (cancellation). */
  static after(milliseconds: number, signal?: AbortSignal): Deadline {
    return new Deadline(milliseconds, signal);
  }

  /** Milliseconds that are left; 0 once it is over. */
  get remaining(): number {
    return this.signal.aborted ? 0 : Math.max(0, this.#end - performance.now());
  }

  /** Whether it was ended from outside, and not by the clock. */
  get cancelled(): boolean {
    return this.signal.reason === CANCELLED;
  }

  /** A shorter budget inside this one. */
  sooner(milliseconds: number): Deadline {
    return new Deadline(Math.min(milliseconds, this.remaining), this.signal);
  }

  /** Not later than after so many milliseconds from now. */
  endWithin(milliseconds: number): void {
    if (milliseconds >= this.remaining) return;
    clearTimeout(this.#timer);
    this.#budget = milliseconds;
    this.#end = performance.now() + milliseconds;
    this.#timer = this.#alarm(milliseconds);
  }

  /** Waits; throws `fault(what)` when the budget ends first, so `what` says for what, and for whom. */
  async sleep(milliseconds: number, what: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const slept = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_TIMER_MS));
    });
    try {
      await this.race(slept, what);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The result of work that others may wait for too, and that goes on without us; throws `fault(what)` when the budget ends first. */
  async race<T>(work: Promise<T>, what: string): Promise<T> {
    const { promise: over, reject } = Promise.withResolvers<never>();
    const end = () => reject(this.fault(what));
    this.signal.addEventListener("abort", end, { once: true });
    if (this.signal.aborted) end();
    try {
      return await Promise.race([work, over]);
    } finally {
      this.signal.removeEventListener("abort", end);
    }
  }

  /** The error for work that this deadline ended. */
  fault(what: string): Fault {
    return this.cancelled
      ? new Fault({ kind: "cancelled", what: `${what} was cancelled` })
      : new Fault({ kind: "deadline-exceeded", what: `${what} took longer than ${duration(this.#budget)}` });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#detach();
  }
}

/** Milliseconds in words: `250 ms`, `90 s`, `5 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
