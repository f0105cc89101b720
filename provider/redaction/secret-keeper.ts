/** Shorter values are not looked for: taking every "a" out of an error would help nobody. */
const SHORTEST = 5;

/** Remembers every secret value that came in, and takes them out of every text that goes out. */
export class SecretKeeper {
  readonly #values = new Set<string>();

  remember(value: unknown): void {
    if (typeof value === "string" && value.length >= SHORTEST) {
      this.#values.add(value);
      this.#values.add(encodeURIComponent(value));
    } else if (typeof value === "object" && value !== null) {
      for (const inner of Object.values(value)) this.remember(inner);
    }
  }

  /** For texts only: bound, so that it can be handed on. */
  readonly scrub = (text: string): string => {
    let clean = text;
    for (const value of this.#values) clean = clean.replaceAll(value, "[secret]");
    return clean;
  };
}
