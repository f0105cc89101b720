/**
 * Profiles of this run and those that they follow. One that is made anew, by `--replace` or a taint, stands beside the one before it until
 * all mailboxes have moved, so it has an id of its own.
 */
export class Generations {
  /** Ids in the state, by URN. */
  readonly #current = new Map<string, string>();
  /** The organisation's default before a profile, by its id in lower case. */
  readonly #previousDefaults = new Map<string, string>();
  readonly #made = new Set<string>();

  /** The state has this profile; `previousDefault` is what was the organisation's default before it. */
  stored(urn: string, id: string, previousDefault: string | undefined): void {
    this.#current.set(urn, id);
    if (previousDefault) this.#previousDefaults.set(id.toLowerCase(), previousDefault);
  }

  /** The id that the next generation follows; undefined where the profile is the first, or the one before it is gone. */
  current(urn: string): string | undefined {
    return this.#current.get(urn);
  }

  /** It is gone, and what was the default before it is not forgotten. */
  gone(urn: string, previousDefault: string | undefined): void {
    this.#current.delete(urn);
    if (previousDefault) this.#previousDefaults.set(urn, previousDefault);
  }

  /** This run has made it, or gone on with it. */
  made(id: string): void {
    this.#made.add(id.toLowerCase());
  }

  isMade(id: string): boolean {
    return this.#made.has(id.toLowerCase());
  }

  /** What was the default before the stack's own profiles: the one before `current`, should that be one of the stack's. */
  defaultBefore(urn: string, current: string | undefined): string | undefined {
    let before = current ?? this.#previousDefaults.get(urn);
    for (let steps = this.#previousDefaults.size; steps > 0 && before !== undefined; steps--) {
      const earlier = this.#previousDefaults.get(before.toLowerCase());
      if (earlier === undefined) break;
      before = earlier;
    }
    return before;
  }
}
