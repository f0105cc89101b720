type Part = "any text" | ((character: string) => boolean);

/**
 * Whether a text is like a pattern: `%` any text, `_` any character, `[a-c]` one of them, `[^a-c]` none of them
 * (https://learn.microsoft.com/power-apps/developer/data-platform/wildcard-characters). Case counts: both are to be folded before.
 * Assumption: unclosed-bracket.
 */
export function like(pattern: string): (text: string) => boolean {
  const parts = [...pattern.matchAll(/%+|\[(\^?)([^\]]+)\]|./gsu)].map(([whole, not, set]): Part => {
    if (whole.startsWith("%")) return "any text";
    if (whole === "_") return () => true;
    if (set === undefined) return (character) => character === whole;
    const within = members(set);
    return not ? (character) => !within(character) : within;
  });
  return (text) => matches(parts, [...text]);
}

function members(set: string): (character: string) => boolean {
  const ranges = [...set.matchAll(/(.)-(.)|./gsu)].map(([one, from = one, to = one]) => [from, to] as const);
  return (character) => ranges.some(([from, to]) => from <= character && character <= to);
}

/** Goes back to the last `%` only, so that no pattern takes longer than its length times the text's. */
function matches(parts: readonly Part[], text: readonly string[]): boolean {
  let [at, part] = [0, 0];
  let resume: { at: number; part: number } | undefined;
  while (at < text.length) {
    const test = parts[part];
    if (test === "any text") {
      part += 1;
      resume = { at, part };
    } else if (test?.(text[at] ?? "")) {
      at += 1;
      part += 1;
    } else if (resume) {
      resume.at += 1;
      ({ at, part } = resume);
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === "any text");
}
