/** So many places suit tests, which wait for Dynamics and do nothing themselves. */
export const PLACES = 64;
/** How long a resource waits for one of the engine's places before that is told, in milliseconds. */
const LONG_MS = 1000;

/**
 * Whether the engine's places are all taken: it checks a resource, and asks for nothing more until there is a place for it. A test keeps its
 * place until it has ended.
 */
export class Places {
  readonly #areMany: boolean;
  /** URNs of resources after whose check the engine stood still. */
  readonly #waited = new Set<string>();
  #last: { readonly urn: string; readonly at: number } | undefined;

  /** `parallel`: `PULUMI_PARALLEL`, as far as it is set. The engine tells nobody how many places it has. */
  constructor(parallel = "") {
    this.#areMany = Number(parallel) >= PLACES;
  }

  /** The engine has come to this resource. */
  checked(urn: string): void {
    const at = performance.now();
    if (this.#last && at - this.#last.at >= LONG_MS) this.#waited.add(this.#last.urn);
    this.#last = { urn, at };
  }

  /** Whether a resource whose turn has come had to wait for it, and more places would help. */
  keptWaiting(urn: string): boolean {
    if (this.#areMany) return false;
    const isStill = this.#last?.urn === urn && performance.now() - this.#last.at >= LONG_MS;
    return isStill || this.#waited.has(urn);
  }
}
