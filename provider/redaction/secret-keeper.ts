import { textOf } from "../json.ts";
import { spellings, withoutSpellings } from "./redact.ts";

/** Members of Google's files that are secret. */
const OF_FILES = ["private_key", "client_secret", "refresh_token"];

/** Remembers every secret value that came in, and takes them out of every text that goes out. */
export class SecretKeeper {
  readonly #spelled = new Set<string>();

  /** A value, or all values of an object; of a file of Google's only what is secret, as hints name the account or client. */
  remember(value: unknown): void {
    if (typeof value === "string") for (const spelling of spellings(value)) this.#spelled.add(spelling);
    if (typeof value !== "object" || value === null) return;
    const secret = OF_FILES.map((name) => textOf(value, name)).filter((text) => text !== "");
    for (const inner of secret.length > 0 ? secret : Object.values(value)) this.remember(inner);
  }

  /** For texts only: bound, so that it can be handed on. */
  readonly scrub = (text: string): string => withoutSpellings(text, this.#spelled);
}
