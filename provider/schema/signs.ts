/** White space, and what nobody sees: control and format characters, which come along when text is pasted. */
const STRANGE = /[\s\p{C}\p{Z}\u115F\u1160\u3164\uFFA0\u2800]|[\u034F\u180B-\u180F\uFE00-\uFE0F]/u;

/** What drives a terminal, turns the direction of what follows, ends a line, or is half a character. Joiners and marks of direction belong to names. */
const DRIVES = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
/** The same in a text that may have lines. */
const DRIVES_IN_LINES = /(?!\t|\r?\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** The first strange sign in what has no blanks, as the end of a sentence; undefined where there is none. */
export function strangeSign(text: string): string | undefined {
  return signIn(text, STRANGE, () => "");
}

/** The first sign that free text on one line cannot have, in the same way. */
export function signInLine(text: string): string | undefined {
  return signIn(text, DRIVES, (count) => ` as its character ${count}`);
}

/** The same of free text that may have several lines. */
export function signInLines(text: string): string | undefined {
  return signIn(text, DRIVES_IN_LINES, (count) => ` as its character ${count}`);
}

function signIn(text: string, wanted: RegExp, inside: (count: number) => string): string | undefined {
  const found = wanted.exec(text);
  if (!found) return undefined;
  const { 0: sign, index } = found;
  const isLast = index + sign.length === text.length;
  const where =
    index === 0 ? " at its beginning" : isLast ? " at its end" : inside([...text.slice(0, index)].length + 1);
  return `has a ${named(sign)}${where}`;
}

/** Names of those that people cannot see, as Unicode has them. */
const NAMES: Readonly<Record<string, string>> = {
  "\t": "tab",
  "\n": "line end",
  "\r": "line end",
  " ": "blank",
  "\u00A0": "no-break space",
  "\u00AD": "soft hyphen",
  "\u200B": "zero width space",
  "\u200C": "zero width non-joiner",
  "\u200D": "zero width joiner",
  "\u200E": "left-to-right mark",
  "\u200F": "right-to-left mark",
  "\u2028": "line separator",
  "\u2029": "paragraph separator",
  "\u202A": "left-to-right embedding",
  "\u202B": "right-to-left embedding",
  "\u202C": "pop directional formatting",
  "\u202D": "left-to-right override",
  "\u202E": "right-to-left override",
  "\u202F": "narrow no-break space",
  "\u2060": "word joiner",
  "\u2066": "left-to-right isolate",
  "\u2067": "right-to-left isolate",
  "\u2068": "first strong isolate",
  "\u2069": "pop directional isolate",
  "\uFEFF": "byte order mark",
};

/** A sign by itself where people can see it, and by its name. */
export function named(sign: string): string {
  const point = `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  const visible = /[\p{L}\p{N}\p{P}\p{S}]/u.test(sign) ? sign : undefined;
  const name = NAMES[sign] ?? visible;
  return name === undefined ? `character ${point}` : `${name} (${point})`;
}
