/** A text without the ways in which it may have been written, and where each of its characters comes from. */
export interface Canonical {
  readonly text: string;
  /** Index of the first UTF-16 unit of the original that a character stands for; undefined where each stands for itself. */
  readonly from: readonly number[] | undefined;
  /** And behind the last one. */
  readonly to: readonly number[] | undefined;
}

/** Escapes inside of escapes that are undone: JSON in JSON, a form in a URL. */
const MOST_ROUNDS = 8;

/**
 * Escapes of URLs, JSON, programs and HTML undone, white space and what cannot be seen left out, both alphabets of base64 made one, as UTF-8
 * in characters of one byte. Secrets and texts go through the same, so that they meet whatever each was written in.
 */
export function canonical(text: string): Canonical {
  if (NOTHING_TO_DO.test(text)) return { text: inOneAlphabet(text), from: undefined, to: undefined };
  // Lines may end in the middle of an escape.
  return unescaped(bytesOf(text.matchAll(SEEN)));
}

/** The text as it is, and as mail where a line of it may end softly (RFC 2045, section 6.7). */
export function readings(text: string): readonly Canonical[] {
  return [canonical(text), ...(SOFT_END.test(text) ? [unescaped(bytesOf(text.matchAll(SEEN_IN_MAIL)))] : [])];
}

/** Signs that can neither be white space nor begin or end an escape. */
const NOTHING_TO_DO = /^[!"#$'-<>-[\]-~]*$/;
/** A character, but for what cannot be seen. */
const SEEN = /[\p{Cf}\p{Z}\s]|(.)/gsu;
const SOFT_END = /=\r?\n/;
const SEEN_IN_MAIL = new RegExp(`${SOFT_END.source}|${SEEN.source}`, "gsu");

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

function bytesOf(pieces: Iterable<RegExpExecArray>): Canonical {
  const characters: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  for (const { 0: piece, 1: character = "", index } of pieces) {
    for (const byte of character < "\x80" ? character : Buffer.from(character).toString("latin1")) {
      characters.push(byte);
      from.push(index);
      to.push(index + piece.length);
    }
  }
  return { text: characters.join(""), from, to };
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

/** With `meaning` in the place of each match. */
function rewritten(view: Canonical, pattern: RegExp, meaning: (written: string) => string): Canonical {
  const characters: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const copy = (start: number, end: number) => {
    for (let index = start; index < end; index += 1) {
      characters.push(view.text.charAt(index));
      from.push(view.from?.[index] ?? index);
      to.push(view.to?.[index] ?? index + 1);
    }
  };
  let done = 0;
  for (const { 0: written, index } of view.text.matchAll(pattern)) {
    copy(done, index);
    done = index + written.length;
    for (const byte of meaning(written)) {
      characters.push(byte);
      from.push(view.from?.[index] ?? index);
      to.push(view.to?.[done - 1] ?? done);
    }
  }
  copy(done, view.text.length);
  return { text: characters.join(""), from, to };
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
    const digits = [...run.matchAll(/[0-9a-f](?!x)/gi)].map((digit) => index + digit.index);
    for (const skipped of [0, 1]) yield bytesAt(view, digits.slice(skipped), "hex");
  }
  for (const { 0: run, index } of view.text.matchAll(BASE64)) {
    const signs = Array.from(run, (_, at) => index + at);
    for (const skipped of [0, 1, 2, 3]) yield bytesAt(view, signs.slice(skipped), "base64");
  }
  if (view.text.search(QUOTED) >= 0)
    yield unescaped(rewritten(view, QUOTED, (written) => unitOf(written.slice(1), 16)));
}

const BITS = { hex: 4, base64: 6 } as const;

/** The bytes that the signs in these places stand for. */
function bytesAt(view: Canonical, signs: readonly number[], encoding: keyof typeof BITS): Canonical {
  const bytes = Buffer.from(signs.map((at) => view.text.charAt(at)).join(""), encoding);
  const place = (bit: number) => signs[Math.floor(bit / BITS[encoding])] ?? 0;
  const first = Array.from(bytes, (_, byte) => place(8 * byte));
  const last = Array.from(bytes, (_, byte) => place(8 * byte + 7));
  return unescaped({
    text: bytes.toString("latin1"),
    from: first.map((at) => view.from?.[at] ?? at),
    to: last.map((at) => view.to?.[at] ?? at + 1),
  });
}
