import { textOf } from "../json.ts";
import { spellings, withoutSpellings } from "./redact.ts";

/** Remembers every secret value that came in, and takes them out of every text that goes out. */
export class SecretKeeper {
  readonly #spelled = new Set<string>();

  /** A value, or all values of an object; of a key file only its key, as hints name the account. */
  remember(value: unknown): void {
    if (typeof value === "string") for (const spelling of spellings(value)) this.#spelled.add(spelling);
    else if (typeof value === "object" && value !== null)
      for (const inner of textOf(value, "private_key") ? [textOf(value, "private_key")] : Object.values(value))
        this.remember(inner);
  }

  /** For texts only: bound, so that it can be handed on. */
  readonly scrub = (text: string): string => withoutSpellings(text, this.#spelled);
}
