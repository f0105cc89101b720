import { type Canonical, canonical, decoded, readings } from "./canonical.ts";

/** Shorter values are not looked for: taking every "a" out of an error would help nobody. */
const SHORTEST = 5;
/** So many characters of a secret are enough to find it, wherever it was cut. Shorter secrets are looked for as a whole. */
const PIECE = 12;
/** Of what was minted every fourth piece is kept, as there are thousands of tokens: of those 15 characters are enough. */
const STRIDE = 4;
/** Pieces of minted secrets that are kept, twice: an echo comes with the answer, and a run of hours has more tokens than room. */
const MOST_PIECES = 100_000;
/** Encodings inside of encodings that are undone, beside the one that secrets are known in. */
const MOST_ENCODINGS = 2;
const MASK = "[secret]";

/**
 * Knows secrets and takes them out of text: whole, in pieces, cut at either end, split over lines, in small or capital letters, in URLs,
 * JSON, HTML, quoted-printable, hexadecimal and base64 at any offset, and in whatever these are put inside of each other. Takes time that
 * grows with the text only.
 */
export class Redactor {
  readonly #pieces = new Set<string>();
  readonly #wholes = new Set<string>();
  /** The latest in whole, as the same token goes with many requests. */
  readonly #recent = new Set<string>();
  #minted = new Set<string>();
  #mintedBefore = new Set<string>();

  /** A secret that was given: it is known as long as the process lives. */
  learn(secret: string): void {
    const { length } = canonical(secret).text;
    if (length < SHORTEST) return;
    if (length < PIECE) {
      const encoded = [Buffer.from(secret).toString("base64url"), ...inBase64(secret)];
      for (const whole of [secret, ...encoded]) this.#wholes.add(canonical(whole).text);
      return;
    }
    for (const needle of needlesOf(secret)) for (const piece of piecesOf(needle, 1)) this.#pieces.add(piece);
  }

  /** One that was made in this run, such as a token: the latest are known. */
  learnMinted(secret: string): void {
    if (this.#recent.has(secret)) return;
    this.#recent.add(secret);
    for (const needle of needlesOf(secret)) for (const piece of piecesOf(needle, STRIDE)) this.#minted.add(piece);
    if (this.#minted.size < MOST_PIECES) return;
    this.#mintedBefore = this.#minted;
    this.#minted = new Set();
    this.#recent.clear();
  }

  /** The text with `[secret]` in the place of what is known, of which so many characters stand together. */
  mask(text: string, least = SHORTEST): string {
    const known = this.#pieces.size + this.#wholes.size + this.#minted.size + this.#mintedBefore.size;
    if (known === 0 || text.length < least) return text;
    let clean = "";
    let done = 0;
    const places = readings(text).flatMap((view) => [...this.#placesIn(view, MOST_ENCODINGS)]);
    for (const [start, end] of merged(places).filter((range) => range[1] - range[0] >= least)) {
      clean += `${text.slice(done, start)}${MASK}`;
      done = end;
    }
    return clean + text.slice(done);
  }

  /** Where secrets stand in the original. */
  *#placesIn(view: Canonical, encodings: number): Generator<Range> {
    for (const range of [...this.#piecesIn(view.text.toLowerCase()), ...this.#wholesIn(view.text)])
      yield placeOf(view, range);
    if (encodings > 0) for (const inner of decoded(view)) yield* this.#placesIn(inner, encodings - 1);
  }

  *#piecesIn(text: string): Generator<Range> {
    for (let start = 0; start + PIECE <= text.length; start += 1) {
      const piece = text.slice(start, start + PIECE);
      if (this.#pieces.has(piece) || this.#minted.has(piece) || this.#mintedBefore.has(piece))
        yield [start, start + PIECE];
    }
  }

  *#wholesIn(text: string): Generator<Range> {
    for (const whole of this.#wholes) {
      for (let start = text.indexOf(whole); start >= 0; start = text.indexOf(whole, start + whole.length))
        yield [start, start + whole.length];
    }
  }
}

/** From and to, the end excluded. */
type Range = readonly [number, number];

function placeOf(view: Canonical, [start, end]: Range): Range {
  return [view.from(start), view.to(end - 1)];
}

/** What overlaps or touches becomes one. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const all: [number, number][] = [];
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else all.push([start, end]);
  }
  return all;
}

/** Canonical texts in which a secret shows, in small letters. */
function needlesOf(secret: string): readonly string[] {
  const texts = [secret, secret.replaceAll(" ", "+"), ...inBase64(secret)];
  return [...new Set(texts.map((text) => canonical(text).text.toLowerCase()))];
}

/** The secret in base64 with nothing, one or two bytes before it, without the characters that neighbours decide about. */
function inBase64(secret: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const text = bytes.toString("base64").replace(/(?<!=)=+$/, "");
    const end = bytes.length % 3 === 0 ? text.length : text.length - 1;
    return text.slice(before === 0 ? 0 : before + 1, end);
  });
}

function* piecesOf(needle: string, stride: number): Generator<string> {
  for (let start = 0; start + PIECE <= needle.length; start += stride) yield needle.slice(start, start + PIECE);
  if (needle.length >= PIECE) yield needle.slice(-PIECE);
}
