import { ServiceError } from "./service-error.ts";
import type { DataverseState } from "./state.ts";

/** The service's sliding window: https://learn.microsoft.com/power-apps/developer/data-platform/api-limits */
const WINDOW_SECONDS = 300;

/** Counts the requests of a world, so that a limit and a window can be tried that are far below the service's own. */
export class Throttle {
  readonly #now: () => number;
  #behaviour: DataverseState["behaviour"] | undefined;
  #times: number[] = [];

  /** `now` in milliseconds, from any start. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Counts a request, or refuses it and says when there is room again.
   * Assumption: refused-requests-not-counted.
   */
  admit({ behaviour }: DataverseState): void {
    const limit = behaviour.requestLimit;
    if (behaviour !== this.#behaviour || limit === null) this.#times = [];
    this.#behaviour = behaviour;
    if (limit === null) return;
    const now = this.#now();
    const seconds = behaviour.requestWindowSeconds ?? WINDOW_SECONDS;
    this.#times = this.#times.filter((time) => time > now - 1000 * seconds);
    if (this.#times.length < limit) {
      this.#times.push(now);
      return;
    }
    // There is room when so many have left the window that fewer than the limit remain.
    const leaving = this.#times[this.#times.length - limit] ?? now;
    throw throttled(limit, seconds, Math.max(1, Math.ceil((leaving - now) / 1000 + seconds)));
  }
}

function throttled(limit: number, window: number, seconds: number): ServiceError {
  return new ServiceError(
    429,
    "0x80072322",
    `Number of requests exceeded the limit of ${limit} over time window of ${window} seconds.`,
    { "retry-after": String(seconds) },
  );
}
