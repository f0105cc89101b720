import type { Json } from "../json.ts";
import { charactersOf, MOST_CHARACTERS } from "./row.ts";

/**
 * How long a row that was seen answers for itself, in milliseconds from the start of the request. A look at thousands of mailboxes takes
 * longer, so what it shows first is older than that when it ends.
 */
export const GOOD_FOR_MS = 30_000;

/** When something was asked for. */
export interface Moment {
  /** In the order of requests and own writes. */
  readonly tick: number;
  /** Milliseconds on the clock of `performance.now()`. */
  readonly at: number;
}

interface Sight extends Moment {
  readonly answer: Json;
  readonly characters: number;
}

/**
 * Rows that were seen a moment ago, whoever asked for them. Nothing that was asked for before an own write has ended speaks for its row any
 * more, however it comes in.
 */
export class Seen {
  #tick = 0;
  /** The oldest first. */
  readonly #rows = new Map<string, Sight>();
  #characters = 0;
  /** How many writes of a row are on their way. */
  readonly #writing = new Map<string, number>();
  /** When the last write of a row has ended. */
  readonly #written = new Map<string, number>();
  #forgotten = 0;

  /** Taken before the request is sent. */
  moment(): Moment {
    return { tick: ++this.#tick, at: performance.now() };
  }

  keep(table: string, id: string, answer: Json, moment: Moment): void {
    const key = keyOf(table, id);
    if (!this.isCurrent(table, id, moment) || moment.tick <= (this.#rows.get(key)?.tick ?? 0)) return;
    this.#drop(key);
    const characters = charactersOf(answer);
    this.#rows.set(key, { ...moment, answer, characters });
    this.#characters += characters;
    for (const oldest of this.#rows.keys()) {
      if (this.#characters <= MOST_CHARACTERS) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#characters -= this.#rows.get(key)?.characters ?? 0;
    this.#rows.delete(key);
  }

  look(table: string, id: string): Json | undefined {
    const sight = this.#rows.get(keyOf(table, id));
    return sight && performance.now() < sight.at + GOOD_FOR_MS ? sight.answer : undefined;
  }

  /** Whether what was asked for at that moment is newer than all that was written here. */
  isCurrent(table: string, id: string, { tick }: Moment): boolean {
    const key = keyOf(table, id);
    return !this.#writing.has(key) && tick > Math.max(this.#written.get(key) ?? 0, this.#forgotten);
  }

  /** A write begins. Its end is told with the row that the service has answered, where it has. */
  write(table: string, id: string): (answer?: Json) => void {
    const key = keyOf(table, id);
    const { tick: begun } = this.moment();
    this.#drop(key);
    this.#writing.set(key, (this.#writing.get(key) ?? 0) + 1);
    return (answer) => {
      const others = (this.#writing.get(key) ?? 1) - 1;
      if (others > 0) this.#writing.set(key, others);
      else this.#writing.delete(key);
      // Of two writes at the same time nobody knows whose answer is the later one.
      const isAlone = this.isCurrent(table, id, { tick: begun, at: 0 });
      this.#written.set(key, ++this.#tick);
      if (answer && isAlone) this.keep(table, id, answer, this.moment());
    };
  }

  /** All of it, and what is on its way: a row that is deleted takes others along. */
  forget(): void {
    this.#rows.clear();
    this.#characters = 0;
    this.#forgotten = ++this.#tick;
  }
}

/** Names a row, in whatever spelling its id comes. */
export function keyOf(table: string, id: string): string {
  return `${table} ${id.toLowerCase()}`;
}
