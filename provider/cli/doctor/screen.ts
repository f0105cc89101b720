import { wrapped } from "../wrap.ts";
import { STATUSES, type Status } from "./report.ts";

/** How a status looks before its line. */
export interface Sign {
  readonly mark: string;
  /** Parameter of "select graphic rendition" (ECMA-48, 8.3.117). */
  readonly color: string;
}

/** What is printed to: a pipe has no width, and takes no colours. */
export class Screen {
  readonly #columns: number | undefined;
  readonly #colors: boolean;
  readonly #told = new Set<string>();

  constructor({ columns, isTTY }: { readonly columns?: number | undefined; readonly isTTY?: boolean | undefined }) {
    this.#columns = columns;
    this.#colors = isTTY === true;
  }

  /** Lines that begin with a sign, `margin` columns in; what is wrapped stands under the text, or `hang` columns further in. */
  signed(sign: Sign, text: string, margin: number, hang = 2): string {
    const lines = wrapped(`${" ".repeat(margin)}${sign.mark} ${text}`.trimEnd(), this.#columns, margin + hang);
    if (!this.#colors) return lines;
    return lines.replace(sign.mark, () => `\u001b[${sign.color}m${sign.mark}\u001b[0m`);
  }

  /** A status has its sign. */
  status(status: Status, text: string, margin = 0): string {
    return this.signed(STATUSES[status], text, margin);
  }

  /** What to do, below a line; nothing where it was told before. */
  hint(hint: string | undefined, margin: number): string[] {
    const fresh = this.once(hint);
    return fresh ? [wrapped(`${" ".repeat(margin)}→ ${fresh}`, this.#columns, margin + 2)] : [];
  }

  text(text: string, margin: number): string {
    return wrapped(" ".repeat(margin) + text, this.#columns, margin + 2);
  }

  /** A sentence, unless it was told before. */
  once(sentence: string | undefined): string | undefined {
    if (!sentence || this.#told.has(sentence)) return undefined;
    this.#told.add(sentence);
    return sentence;
  }
}
