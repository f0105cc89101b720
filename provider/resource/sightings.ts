/**
 * How long what was seen is good for whoever asks next, in milliseconds: a creation waits for one of the engine's places. A write to a row is
 * made on its version all the same.
 */
const GOOD_FOR_MS = 30_000;
/** The same from when it is told: those who have waited for it, as behind a pause that the service has asked for, have use of it. */
const TOLD_FOR_MS = 5000;
/** What is looked up in one request at most: so many addresses make a URL of about 4 KB. */
export const MOST_TOGETHER = 100;

/** So many are looked up one by one, as in a small stack, before all mailboxes are looked at. */
const MOST_ALONE = 20;

interface Sighting<T> {
  readonly found: readonly T[];
  /** In milliseconds since 1970. */
  readonly until: number;
}

/**
 * What checks have found, by address, so that the operations which follow need not ask again. The engine checks resources one by one, so
 * those of a fleet are looked up together, when the first of them turns out to be new.
 */
export class Sightings<T> {
  readonly #seen = new Map<string, Sighting<T>>();
  /** When what was seen before was no good any more, in milliseconds since 1970. */
  readonly #forgotten = new Map<string, number>();
  #lookedUp = 0;
  #tooMany = false;
  #announced: readonly string[] = [];

  /** These addresses will be asked for in about this order. */
  announce(addresses: readonly string[]): void {
    this.#announced = [...new Set([...this.#announced, ...addresses.map((address) => address.toLowerCase())])];
  }

  /** One is looked up by itself. Whether there were so many that all there are had better be looked at. */
  alone(): boolean {
    return ++this.#lookedUp > MOST_ALONE && !this.#tooMany;
  }

  /** Whether this is about so many that they had better be looked at together, also a second time. */
  get many(): boolean {
    return !this.#tooMany && Math.max(this.#lookedUp, this.#announced.length) > MOST_ALONE;
  }

  /** There are too many to look at them all. */
  onlyAlone(): void {
    this.#tooMany = true;
  }

  /** What to look up when this address is asked for: itself, and what will be asked for next. */
  together(address: string): readonly string[] {
    const key = address.toLowerCase();
    const place = this.#announced.indexOf(key);
    if (place < 0) return [key];
    return this.#announced.slice(place, place + MOST_TOGETHER).filter((other) => this.look(other) === undefined);
  }

  /** `moment`: when it was asked for, in milliseconds since 1970. */
  keep(address: string, found: readonly T[], moment: number): void {
    const key = address.toLowerCase();
    if (moment <= (this.#forgotten.get(key) ?? 0)) return;
    this.#seen.set(key, { found, until: Math.max(moment + GOOD_FOR_MS, Date.now() + TOLD_FOR_MS) });
  }

  look(address: string): readonly T[] | undefined {
    const sighting = this.#seen.get(address.toLowerCase());
    return sighting && Date.now() < sighting.until ? sighting.found : undefined;
  }

  /** It is given once. */
  take(address: string): readonly T[] | undefined {
    const found = this.look(address);
    this.forget(address);
    return found;
  }

  /** It is about to be changed, or was: what was asked for by now says nothing of it. */
  forget(address: string): void {
    const key = address.toLowerCase();
    this.#seen.delete(key);
    this.#forgotten.set(key, Date.now());
  }
}
