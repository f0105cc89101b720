import type { WriteStream } from "node:tty";

/** How far a long command is, in a line that goes away again; only on a terminal. */
export class Progress {
  readonly #to: Pick<WriteStream, "write"> & { readonly isTTY?: boolean };
  readonly #total: number;

  constructor(to: Pick<WriteStream, "write"> & { readonly isTTY?: boolean }, total: number) {
    this.#to = to;
    this.#total = total;
  }

  show(done: number): void {
    if (this.#total > 1 && done < this.#total) this.#write(`looked at ${done} of ${this.#total}`);
  }

  clear(): void {
    this.#write("");
  }

  #write(text: string): void {
    if (this.#to.isTTY) this.#to.write(`\r\u001b[K${text}`);
  }
}
