/** How long a row is good for whoever asks next, in milliseconds. A write to it is made on its version all the same. */
const GOOD_FOR_MS = 10_000;

/** What the check of a resource has found a moment ago, by its URN, so that the operation which follows need not ask again. */
export class Sightings<T> {
  readonly #seen = new Map<string, { readonly found: T; readonly until: number }>();

  keep(urn: string, found: T): void {
    this.#seen.set(urn, { found, until: Date.now() + GOOD_FOR_MS });
  }

  /** It is given once. */
  take(urn: string): T | undefined {
    const sighting = this.#seen.get(urn);
    this.#seen.delete(urn);
    return sighting && Date.now() < sighting.until ? sighting.found : undefined;
  }
}
