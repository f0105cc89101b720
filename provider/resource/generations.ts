/**
 * Profiles of this run and those that they follow. One that is made anew, by `--replace` or a taint, stands beside the one before it until
 * all mailboxes have moved, so it has an id of its own.
 */
export class Generations {
  /** Ids in the state, in lower case, by URN: of the current one, and of those before it that wait for their deletion. */
  readonly #inState = new Map<string, Set<string>>();
  /** The organisation's default before a profile, by its id in lower case. */
  readonly #previousDefaults = new Map<string, string>();
  /** URNs by id in lower case. */
  readonly #made = new Map<string, string>();

  /** The state has this profile; `previousDefault` is what was the organisation's default before it. */
  stored(urn: string, id: string, previousDefault: string | undefined): void {
    const ids = this.#inState.get(urn) ?? new Set();
    this.#inState.set(urn, ids.add(id.toLowerCase()));
    if (previousDefault) this.#previousDefaults.set(id.toLowerCase(), previousDefault);
  }

  /**
   * The id of the generation to come: the first where the state has none, else the one after the last, as `after` says. The order in which
   * the state's were read tells nothing.
   */
  next(urn: string, first: string, after: (id: string) => string): string {
    const ids = this.#inState.get(urn) ?? new Set();
    let [id = first] = ids;
    while (ids.has(id)) id = after(id);
    return id;
  }

  /** It is gone, and what was the default before it is not forgotten. */
  gone(urn: string, id: string, previousDefault: string | undefined): void {
    this.#inState.get(urn)?.delete(id.toLowerCase());
    if (previousDefault) this.#previousDefaults.set(urn, previousDefault);
  }

  /** This run has made it, or gone on with it. */
  made(urn: string, id: string): void {
    this.#made.set(id.toLowerCase(), urn);
  }

  isMade(id: string): boolean {
    return this.#made.has(id.toLowerCase());
  }

  /** Whether another generation has followed it, or goes before. */
  isFollowed(urn: string, id: string): boolean {
    const made = [...this.#made].flatMap(([one, owner]) => (owner === urn ? [one] : []));
    return [...(this.#inState.get(urn) ?? []), ...made].some((one) => one !== id.toLowerCase());
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
