/** Shorter values are not looked for: taking every "a" out of an error would help nobody. */
const SHORTEST = 5;
const MASK = "[secret]";

/** How a secret may stand in a text: as it is, in a URL, in base64. */
export function spellings(secret: string): readonly string[] {
  if (secret.length < SHORTEST) return [];
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")];
}

/** The text without the given spellings. */
export function withoutSpellings(text: string, spelled: Iterable<string>): string {
  let clean = text;
  for (const spelling of spelled) clean = clean.replaceAll(spelling, MASK);
  return clean;
}

/** The text without the secrets, for those who know which ones it may hold. */
export function redact(text: string, secrets: readonly string[]): string {
  return withoutSpellings(text, secrets.flatMap(spellings));
}
