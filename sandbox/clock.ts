import { AsyncLocalStorage } from "node:async_hooks";

const ahead = new AsyncLocalStorage<number>();

/** Does something with a clock that is so many milliseconds ahead, negative for behind. */
export function withSkew<T>(skewMs: number, run: () => T): T {
  return ahead.run(skewMs, run);
}

/** A moment in milliseconds as the clock of the service shows it that is at work here. */
export function onItsClock(moment: number): number {
  return moment + (ahead.getStore() ?? 0);
}
