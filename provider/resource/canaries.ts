import type { Deadline } from "../network/deadline.ts";

/** How long others wait for the first one, in milliseconds: most tests take less, and one that hangs holds nobody up. */
const PATIENCE_MS = 2 * 60_000;

interface Wait {
  readonly deadline: Deadline;
  progress(message: string): void;
}

/**
 * Lets one go first with what is new, so that what cannot work for anybody is tried once: a permanent error there disables each mailbox that
 * is tested.
 */
export class Canaries<Reason> {
  /** By what they go with; done when the first one is back, with a reason that holds for all. */
  readonly #first = new Map<string, Promise<Reason | undefined>>();
  readonly #proven = new Set<string>();

  /** It has worked for one already. */
  prove(what: string): void {
    this.#proven.add(what);
  }

  /**
   * The result of the work, or the reason why it is spared. `holdsForAll` tells from the first one's result whether others would fare the same.
   * A wait says what is `awaited`.
   */
  async send<T>(
    what: string | undefined,
    work: () => Promise<T>,
    holdsForAll: (result: T) => Reason | undefined,
    awaited: string,
    { deadline, progress }: Wait,
  ): Promise<{ readonly result: T } | { readonly spared: Reason }> {
    if (what === undefined || this.#proven.has(what)) return { result: await work() };
    const first = this.#first.get(what);
    if (first) {
      progress(awaited);
      const reason = await patiently(first, deadline, awaited);
      return reason === undefined ? { result: await work() } : { spared: reason };
    }
    const { promise, resolve } = Promise.withResolvers<Reason | undefined>();
    this.#first.set(what, promise);
    let reason: Reason | undefined;
    try {
      const result = await work();
      reason = holdsForAll(result);
      return { result };
    } finally {
      resolve(reason);
    }
  }
}

async function patiently<T>(first: Promise<T>, deadline: Deadline, awaited: string): Promise<T | undefined> {
  const patience = deadline.sooner(PATIENCE_MS);
  try {
    return await patience.race(first, awaited);
  } catch (error) {
    if (deadline.remaining === 0) throw error;
    return undefined;
  } finally {
    patience[Symbol.dispose]();
  }
}
