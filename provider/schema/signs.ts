/**
 * White space, and what nobody sees: control and format characters, which come along when text is pasted. As the end of a sentence,
 * undefined where there is none.
 */
export function strangeSign(text: string): string | undefined {
  const points = [...text];
  const index = points.findIndex((one) =>
    /[\s\p{C}\p{Z}\u115F\u1160\u3164\uFFA0\u2800]|[\u034F\u180B-\u180F\uFE00-\uFE0F]/u.test(one),
  );
  const sign = points[index];
  if (sign === undefined) return undefined;
  const where = index === 0 ? " at its beginning" : index === points.length - 1 ? " at its end" : "";
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
  "\u202F": "narrow no-break space",
  "\u2060": "word joiner",
  "\uFEFF": "byte order mark",
};

/** A sign by itself where people can see it, and by its name. */
export function named(sign: string): string {
  const point = `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  const visible = /[\p{L}\p{N}\p{P}\p{S}]/u.test(sign) ? sign : undefined;
  const name = NAMES[sign] ?? visible;
  return name === undefined ? `character ${point}` : `${name} (${point})`;
}
