import { ServiceError } from "./service-error.ts";

/** The service's sliding window: https://learn.microsoft.com/power-apps/developer/data-platform/api-limits */
const WINDOW_MS = 300_000;
/** Seconds a refused client is told to wait. Assumption: the real wait is longer, and grows if the client goes on. */
const RETRY_AFTER_S = 1;

/** Counts requests, so that a limit can be tried that is far below the service's own. */
export class Throttle {
  #times: number[] = [];

  /** Counts a request, unless it is refused; then how many seconds the client has to wait. */
  seconds(limit: number | null): number {
    if (limit === null) {
      this.#times = [];
      return 0;
    }
    const now = performance.now();
    this.#times = this.#times.filter((time) => time > now - WINDOW_MS);
    if (this.#times.length >= limit) return RETRY_AFTER_S;
    this.#times.push(now);
    return 0;
  }
}

export function throttled(limit: number | null, seconds: number): ServiceError {
  return new ServiceError(
    429,
    "0x80072322",
    `Number of requests exceeded the limit of ${limit} over time window of ${WINDOW_MS / 1000} seconds.`,
    { "retry-after": String(seconds) },
  );
}
