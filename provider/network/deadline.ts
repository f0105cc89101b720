import { Fault } from "../fault.ts";

/**
 * One budget for one operation, passed down to everything it does. Every wait ends with it, and says what it waited
 * for. Make it with `using`, so that its timer goes when the operation ends.
 */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #end: number;
  readonly #budget: number;
  readonly #timer: NodeJS.Timeout;
  readonly #outer: AbortSignal | undefined;
  readonly #onOuter: () => void;

  private constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.#budget = Math.max(0, milliseconds);
    this.#end = performance.now() + this.#budget;
    this.signal = this.#controller.signal;
    this.#outer = outer;
    this.#onOuter = () => this.#controller.abort();
    this.#timer = setTimeout(this.#onOuter, Math.min(this.#budget, 2 ** 31 - 1)).unref();
    if (outer?.aborted) this.#onOuter();
    outer?.addEventListener("abort", this.#onOuter, { once: true });
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
    return this.#outer?.aborted === true && performance.now() < this.#end;
  }

  /** A shorter budget inside this one. */
  sooner(milliseconds: number): Deadline {
    return new Deadline(Math.min(milliseconds, this.remaining), this.signal);
  }

  /** Waits; throws `fault("Waiting")` when the budget ends first. */
  async sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const over = () => {
        clearTimeout(timer);
        reject(this.fault("Waiting"));
      };
      const timer = setTimeout(() => {
        this.signal.removeEventListener("abort", over);
        resolve();
      }, milliseconds);
      if (this.signal.aborted) over();
      else this.signal.addEventListener("abort", over, { once: true });
    });
  }

  /** Waits for work that others wait for too, but no longer than this budget; the work itself goes on. */
  async race<T>(work: Promise<T>, what: string): Promise<T> {
    let over = () => {};
    const ended = new Promise<never>((_, reject) => {
      over = () => reject(this.fault(what));
      if (this.signal.aborted) over();
      else this.signal.addEventListener("abort", over, { once: true });
    });
    try {
      return await Promise.race([work, ended]);
    } finally {
      this.signal.removeEventListener("abort", over);
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
    this.#outer?.removeEventListener("abort", this.#onOuter);
  }
}

function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
