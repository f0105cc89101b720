import { Fault } from "../fault.ts";
import { nameOfUrn } from "../resource/urn.ts";

/** What this command has told already: one cause is told once, at the resource that meets it first, however many it hits. */
export class Told {
  /** The URN at which a cause was told. */
  readonly #places = new Map<string, string>();

  /**
   * The error as it is told at this resource: in full, or with the place where the rest of it is. Only for what people are told: one that is
   * passed over would be the place of all others.
   */
  at(urn: string, fault: Fault): Fault {
    const { grounds, kind, what } = fault;
    if (grounds === undefined || urn === "") return fault;
    const place = this.#places.get(grounds) ?? urn;
    this.#places.set(grounds, place);
    return place === urn
      ? fault
      : new Fault({ kind, what, reason: `the same as at ${nameOfUrn(place)}, which says why` });
  }
}
