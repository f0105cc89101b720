/** A text without the ways in which it may have been written. */
export interface Canonical {
  readonly text: string;
  /** Index of the first UTF-16 unit of the original that the character there stands for. */
  from(at: number): number;
  /** And behind the last one. */
  to(at: number): number;
}

/** Escapes inside of escapes that are undone: JSON in JSON, a form in a URL. */
const MOST_ROUNDS = 8;

/**
 * Escapes of URLs, JSON, programs and HTML undone, white space and what cannot be seen left out, both alphabets of base64 made one, as UTF-8
 * in characters of one byte. Secrets and texts go through the same, so that they meet whatever each was written in.
 */
export function canonical(text: string): Canonical {
  const given = asGiven(text);
  if (NOTHING_TO_DO.test(text)) return { ...given, text: inOneAlphabet(text) };
  // Lines may end in the middle of an escape.
  return unescaped(rewritten(given, NO_BYTE, bytesOf));
}

function asGiven(text: string): Canonical {
  return { text, from: (at) => at, to: (at) => at + 1 };
}

/** The text as it is, and as mail where a line of it may end softly (RFC 2045, section 6.7). */
export function readings(text: string): readonly Canonical[] {
  return [
    canonical(text),
    ...(SOFT_END.test(text) ? [unescaped(rewritten(asGiven(text), NO_BYTE_IN_MAIL, bytesOf))] : []),
  ];
}

/** Signs that can neither be white space nor begin or end an escape. */
const NOTHING_TO_DO = /^[!"#$'-<>-[\]-~]*$/;
/** What cannot be seen, and characters of more than a byte. */
const NO_BYTE = /[\p{Cf}\p{Z}\s]+|[^\0-\x7f]/gu;
const UNSEEN = /^[=\p{Cf}\p{Z}\s]/u;
const SOFT_END = /=\r?\n/;
const NO_BYTE_IN_MAIL = new RegExp(`${SOFT_END.source}|${NO_BYTE.source}`, "gu");

/** Nothing for what cannot be seen. */
function bytesOf(written: string): string {
  return UNSEEN.test(written) ? "" : Buffer.from(written).toString("latin1");
}

function unescaped(encoded: Canonical): Canonical {
  let view = encoded;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = rewritten(view, ESCAPES, meaningOf);
    if (next.text.length === view.text.length) break;
    view = next;
  }
  return { ...view, text: inOneAlphabet(view.text) };
}

function inOneAlphabet(text: string): string {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}

/** The last two lines: what cannot be seen, and a terminal's colours, as bytes. */
const ESCAPES = new RegExp(
  [
    /%[0-9a-fA-F]{2}|(?:[\\%][uU][0-9a-fA-F]{4})+|\\[uU]\{[0-9a-fA-F]{1,6}\}|\\[xX][0-9a-fA-F]{2}|\\[0-3][0-7]{2}/,
    /\\[bfnrtvBFNRTV"'\\/]|&(?:[a-zA-Z]{2,7}|#[0-9]{1,12}|#[xX][0-9a-fA-F]{1,12});/,
    /[^!-\xff](?:\[[0-9;]{0,20}m)?|\x7f|\xc2[\x80-\xa0\xad]/,
    /\xe2\x80[\x80-\x8f\xa8-\xaf]|\xe2\x81[\x9f-\xaf]|\xef\xbb\xbf/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);

/** With `meaning` in the place of each match. Of where all stands only the matches are kept: of a page that is a fraction. */
function rewritten(view: Canonical, pattern: RegExp, meaning: (written: string) => string): Canonical {
  /** In the view and in the new text, where each match begins and ends. */
  const [starts, ends, newStarts, newEnds]: [number[], number[], number[], number[]] = [[], [], [], []];
  const parts: string[] = [];
  let size = 0;
  let done = 0;
  for (const { 0: written, index } of view.text.matchAll(pattern)) {
    const bytes = meaning(written);
    parts.push(view.text.slice(done, index), bytes);
    size += index - done;
    done = index + written.length;
    starts.push(index);
    ends.push(done);
    newStarts.push(size);
    size += bytes.length;
    newEnds.push(size);
  }
  parts.push(view.text.slice(done));
  const place = (at: number, inMatch: readonly number[], last: number) => {
    const match = lastUpTo(newStarts, at);
    const end = newEnds[match] ?? 0;
    return at < end ? (inMatch[match] ?? 0) - last : (ends[match] ?? 0) + at - end;
  };
  return {
    text: parts.join(""),
    from: (at) => view.from(place(at, starts, 0)),
    to: (at) => view.to(place(at, ends, 1)),
  };
}

/** Index of the last of the sorted numbers that is not greater; -1 where all are. */
function lastUpTo(numbers: readonly number[], most: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= most) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Of HTML, in small letters, for signs that secrets are made of. */
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "", excl: "!", num: "#", dollar: "$", percnt: "%" },
  ...{
    lpar: "(",
    rpar: ")",
    ast: "*",
    plus: "+",
    comma: ",",
    period: ".",
    sol: "/",
    colon: ":",
    semi: ";",
    equals: "=",
  },
  ...{
    quest: "?",
    commat: "@",
    lsqb: "[",
    bsol: "\\",
    rsqb: "]",
    hat: "^",
    lowbar: "_",
    lcub: "{",
    verbar: "|",
    rcub: "}",
  },
};

/** What an escape stands for, in bytes; nothing for white space. */
function meaningOf(written: string): string {
  if (/^[\\%][uU][^{]/.test(written)) {
    const units = (written.match(/[0-9a-f]{4}/gi) ?? []).map((unit) => unitOf(unit, 16));
    return Buffer.from(units.join("")).toString("latin1");
  }
  if (written.startsWith("%")) return unitOf(written.slice(1), 16);
  if (written.startsWith("&")) return entity(written.slice(1, -1).toLowerCase()) ?? written;
  if (!written.startsWith("\\")) return "";
  // In capitals, too: a text may have been written so as a whole.
  const sign = written.charAt(1).toLowerCase();
  if (sign === "x") return unitOf(written.slice(2), 16);
  if (sign === "u") return characterOf(Number.parseInt(written.slice(3), 16));
  if (sign >= "0" && sign <= "3") return unitOf(written.slice(1), 8);
  return "bfnrtv".includes(sign) ? "" : sign;
}

function entity(name: string): string | undefined {
  if (!name.startsWith("#")) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
  return characterOf(name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
}

function unitOf(digits: string, base: number): string {
  return String.fromCharCode(Number.parseInt(digits, base));
}

function characterOf(point: number): string {
  return point <= 0x10ffff ? Buffer.from(String.fromCodePoint(point)).toString("latin1") : "";
}

/** In hexadecimal, with or without something between the bytes. (A hyphen is a plus sign by then.) */
const HEX = /(?:[0-9a-f]{2}[:;,.+|]?(?:0x)?){5,}/gi;
/** Shorter words in base64 are looked for as they are. */
const BASE64 = /[A-Za-z0-9+/]{24,}/g;
const QUOTED = /=[0-9a-f]{2}/gi;

/** What stands in the text in hexadecimal, base64 or quoted-printable, wherever in a group its piece begins. */
export function* decoded(view: Canonical): Generator<Canonical> {
  for (const { 0: run, index } of view.text.matchAll(HEX)) {
    const places = Array.from(run.matchAll(/[0-9a-f](?!x)/gi), (digit) => digit.index);
    const digits = places.map((at) => run.charAt(at)).join("");
    for (const skipped of [0, 1])
      yield bytesAt(view, digits.slice(skipped), "hex", (digit) => index + (places[skipped + digit] ?? 0));
  }
  for (const { 0: run, index } of view.text.matchAll(BASE64)) {
    for (const skipped of [0, 1, 2, 3])
      yield bytesAt(view, run.slice(skipped), "base64", (sign) => index + skipped + sign);
  }
  if (view.text.search(QUOTED) >= 0)
    yield unescaped(rewritten(view, QUOTED, (written) => unitOf(written.slice(1), 16)));
}

const BITS = { hex: 4, base64: 6 } as const;

/** The bytes that the signs stand for, each of which has its place in the view. */
function bytesAt(
  view: Canonical,
  signs: string,
  encoding: keyof typeof BITS,
  place: (sign: number) => number,
): Canonical {
  const holding = (bit: number) => place(Math.floor(bit / BITS[encoding]));
  return unescaped({
    text: Buffer.from(signs, encoding).toString("latin1"),
    from: (byte) => view.from(holding(8 * byte)),
    to: (byte) => view.to(holding(8 * byte + 7)),
  });
}
