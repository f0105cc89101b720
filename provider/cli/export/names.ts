/** Longest name that a client of a fleet may have; room is left for a number. */
const LONGEST = 36;

/** Names for code, made of those that people have given: letters, digits and hyphens, a small letter first, each once. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #uses: (name: string) => readonly string[];

  /** `uses`: what is made of a name. */
  constructor(uses: (name: string) => readonly string[]) {
    this.#uses = uses;
  }

  next(shown: string): string {
    const name = nameFrom(shown);
    for (let number = 1; ; number++) {
      const one = number === 1 ? name : `${name}-${number}`;
      const uses = this.#uses(one);
      if (uses.some((use) => this.#taken.has(use))) continue;
      for (const use of uses) this.#taken.add(use);
      return one;
    }
  }
}

function nameFrom(shown: string): string {
  const words = shown
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[-0-9]+/, "")
    .slice(0, LONGEST)
    .replace(/-$/, "");
  return words || "gmail";
}

/** `north-2` as the beginning of a name in a program: `north2`. */
export function camel(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
