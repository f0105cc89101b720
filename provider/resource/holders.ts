import type { Tree } from "../values.ts";
import { sameText } from "./columns.ts";

/** What a declared resource will find its object by, before it has looked. */
export interface Wanted {
  readonly emailAddress: string;
  readonly mailboxId?: string | undefined;
  readonly kind?: string | undefined;
}

interface StoredRow {
  /** URNs. */
  readonly holders: Set<string>;
  /** What each of them knows of how the row was, and has set, also of those that have let it go. */
  readonly known: Map<string, Tree>;
  /** What all of them know together. */
  before: Tree | undefined;
}

/**
 * Who holds which mailbox in a run. A mailbox is its row, whatever it is called in the program and whatever address it has, and a row has
 * one holder: a resource that is declared claims it when it is found, also where it then fails, so that the resource which held it
 * before does not disconnect what another one has by now.
 */
export class Holders {
  /** What the state says, by id in lower case. */
  readonly #inState = new Map<string, StoredRow>();
  readonly #claims = new Map<string, string>();
  /** URNs of this run that have made the row theirs, by its id in lower case. */
  readonly #taken = new Map<string, string>();
  /** By address in lower case and by URN: of thousands few want the same address. */
  readonly #wanted = new Map<string, Map<string, Wanted>>();
  /** Addresses in lower case, by URN. */
  readonly #addresses = new Map<string, string>();

  /** The state has a resource that holds the row, which knows `own` of how it was, and with those that were seen before it `before`. */
  stored(urn: string, id: string, own: Tree | undefined, before: Tree | undefined): void {
    const row: StoredRow = this.#inState.get(id.toLowerCase()) ?? { holders: new Set(), known: new Map(), before };
    row.holders.add(urn);
    if (own) row.known.set(urn, own);
    row.before = before;
    this.#inState.set(id.toLowerCase(), row);
  }

  /** The resource is deleted from the state, and has left the row to another one, or as it was. */
  letGo(id: string, urn: string): void {
    this.#inState.get(id.toLowerCase())?.holders.delete(urn);
  }

  /** What each other resource of the state knows of how the row was, and has set. */
  knownToOthers(id: string, urn: string): readonly Tree[] {
    const { known = [] } = this.#inState.get(id.toLowerCase()) ?? {};
    return [...known].flatMap(([one, tree]) => (one === urn ? [] : [tree]));
  }

  /** How the row was, and what it was set to since, as the state knows it from whoever holds it. */
  before(id: string): Tree | undefined {
    return this.#inState.get(id.toLowerCase())?.before;
  }

  /** The resource has made the row its own in this run. */
  taken(id: string, urn: string): void {
    this.#taken.set(id.toLowerCase(), urn);
  }

  /** Whether the state has, or will have, the row as this resource's: what it only looks for may never become its own. */
  isHeldBy(id: string, urn: string): boolean {
    const key = id.toLowerCase();
    return this.#taken.get(key) === urn || (this.#inState.get(key)?.holders.has(urn) ?? false);
  }

  /** Whether a resource of the state has it, and has not let it go. */
  isKept(id: string): boolean {
    return (this.#inState.get(id.toLowerCase())?.holders.size ?? 0) > 0;
  }

  /** Whether the state or the program has a resource for it. */
  isHeld(id: string): boolean {
    return this.#inState.has(id.toLowerCase()) || this.#claims.has(id.toLowerCase());
  }

  /** Who holds it in the state, when that is another. */
  storedBy(id: string, urn: string): string | undefined {
    const { holders = [] } = this.#inState.get(id.toLowerCase()) ?? {};
    return [...holders].find((holder) => holder !== urn);
  }

  /** A declared resource says what it will look for. The other one that looks for the same, if any. */
  want(urn: string, wanted: Wanted): string | undefined {
    const address = wanted.emailAddress.toLowerCase();
    const before = this.#addresses.get(urn);
    // Who says the same again keeps the place that it has among those who want the address.
    if (before !== undefined && before !== address) this.#wanted.get(before)?.delete(urn);
    this.#addresses.set(urn, address);
    this.#wanted.set(address, (this.#wanted.get(address) ?? new Map<string, Wanted>()).set(urn, wanted));
    return this.#wantedBy(
      urn,
      address,
      ({ mailboxId, kind }) => sameText(mailboxId, wanted.mailboxId) && sameText(kind, wanted.kind),
    );
  }

  /** Whether the program of this run has a resource of that URN, as far as the engine has come. */
  isDeclared(urn: string): boolean {
    return this.#addresses.has(urn);
  }

  /** A declared resource claims the row. The other one that has done so, if any. */
  claim(id: string, urn: string): string | undefined {
    const key = id.toLowerCase();
    const holder = this.#claims.get(key) ?? urn;
    this.#claims.set(key, holder);
    return holder === urn ? undefined : holder;
  }

  /**
   * Who has the row by now, so that a delete by `urn` may not touch it: another resource, or the same one made anew. A resource that was
   * skipped has not found its row, so what it looks for counts, too.
   */
  takenOver(
    urn: string,
    row: { readonly id: string; readonly emailAddress: string; readonly kind: string },
  ): string | undefined {
    return (
      this.#claims.get(row.id.toLowerCase()) ??
      this.#wantedBy(
        urn,
        row.emailAddress,
        ({ mailboxId, kind }) =>
          (mailboxId === undefined || sameText(mailboxId, row.id)) && (kind === undefined || kind === row.kind),
      )
    );
  }

  #wantedBy(urn: string, address: string, test: (wanted: Wanted) => boolean): string | undefined {
    const those = this.#wanted.get(address.toLowerCase()) ?? [];
    return [...those].find(([other, wanted]) => other !== urn && test(wanted))?.[0];
  }
}
