/** A text without the ways in which it may have been written, and where each of its characters comes from. */
export interface Canonical {
  readonly text: string;
  /** Index of the first UTF-16 unit of the original that a character stands for; undefined where each stands for itself. */
  readonly from: readonly number[] | undefined;
  /** And behind the last one. */
  readonly to: readonly number[] | undefined;
}

/** Escapes inside of escapes that are undone: JSON in JSON, a form in a URL. */
const MOST_ROUNDS = 4;

/**
 * URL encoding, JSON's and HTML's escapes undone, white space and soft line breaks left out, both alphabets of base64 made one, as UTF-8 in
 * characters of one byte. Secrets and texts go through the same, so that they meet whatever each was written in.
 */
export function canonical(text: string): Canonical {
  if (NOTHING_TO_DO.test(text)) return { text: inOneAlphabet(text), from: undefined, to: undefined };
  // Lines may end in the middle of an escape.
  let view = decodedOnce(bytesOf(text), WHITE);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = decodedOnce(view, ESCAPES);
    if (next.text.length === view.text.length) break;
    view = next;
  }
  return { ...view, text: inOneAlphabet(view.text) };
}

/** Signs that can neither be white space nor begin or end an escape. */
const NOTHING_TO_DO = /^[!"#$'-<>-[\]-~]*$/;

function inOneAlphabet(text: string): string {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}

function bytesOf(text: string): Canonical {
  const characters: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  let index = 0;
  for (const character of text) {
    const end = index + character.length;
    for (const byte of character < "\x80" ? character : Buffer.from(character).toString("latin1")) {
      characters.push(byte);
      from.push(index);
      to.push(end);
    }
    index = end;
  }
  return { text: characters.join(""), from, to };
}

/** With the soft line breaks of mail (RFC 2045, section 6.7). */
const WHITE = /=\r?\n|[ \t\r\n\f\v]+/g;
const ESCAPES =
  /%[0-9a-f]{2}|(?:\\u[0-9a-f]{4})+|\\[bfnrtv"'\\/]|&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-f]{1,6});|[ \t\r\n\f\v]+/gi;

function decodedOnce(view: Canonical, escapes: RegExp): Canonical {
  const characters: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const copy = (start: number, end: number) => {
    for (let index = start; index < end; index += 1) {
      characters.push(view.text.charAt(index));
      from.push(view.from?.[index] ?? 0);
      to.push(view.to?.[index] ?? 0);
    }
  };
  let done = 0;
  for (const { 0: written, index } of view.text.matchAll(escapes)) {
    copy(done, index);
    done = index + written.length;
    for (const byte of meaningOf(written)) {
      characters.push(byte);
      from.push(view.from?.[index] ?? 0);
      to.push(view.to?.[done - 1] ?? 0);
    }
  }
  copy(done, view.text.length);
  return { text: characters.join(""), from, to };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** What an escape stands for, in bytes; nothing for white space. */
function meaningOf(written: string): string {
  if (written.startsWith("%")) return String.fromCharCode(Number.parseInt(written.slice(1), 16));
  if (written.startsWith("&")) return entity(written.slice(1, -1).toLowerCase());
  if (!written.startsWith("\\")) return "";
  const sign = written.charAt(1);
  if (sign === "u" || sign === "U") {
    const units = (written.match(/[0-9a-f]{4}/gi) ?? []).map((unit) => Number.parseInt(unit, 16));
    return Buffer.from(String.fromCharCode(...units)).toString("latin1");
  }
  return "bfnrtv".includes(sign) ? "" : sign;
}

function entity(name: string): string {
  const named = ENTITIES[name];
  if (named !== undefined) return named;
  const point = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return point <= 0x10ffff ? Buffer.from(String.fromCodePoint(point)).toString("latin1") : "";
}
