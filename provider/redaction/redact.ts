/** Shorter values are not looked for: taking every "a" out of an error would help nobody. */
const SHORTEST = 5;
const MASK = "[secret]";

/** How a secret may stand in a text: as it is, in a URL, in base64; of a private key also its lines, whatever ends them. */
export function spellings(secret: string): readonly string[] {
  if (secret.length < SHORTEST) return [];
  const lines = [secret, Buffer.from(secret, "base64").toString()].flatMap(linesOfKeys);
  return [
    ...[secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")],
    ...lines.filter(({ length }) => length >= SHORTEST).flatMap((line) => [line, encodeURIComponent(line)]),
  ];
}

/** What stands between the marks of a private key (RFC 7468), with real, literal or no line ends. */
const PRIVATE_KEY = /PRIVATE KEY-----((?:[A-Za-z0-9+/=\s]|\\+[nr])+)/g;

/** All of it at once, its lines as they are, and those that it has when it is written anew. */
function linesOfKeys(text: string): string[] {
  return [...text.matchAll(PRIVATE_KEY)].flatMap(([, body = ""]) => {
    const lines = body.split(/(?:\s|\\+[nr])+/);
    const whole = lines.join("");
    return [whole, ...lines, ...(whole.match(/.{1,64}/g) ?? [])];
  });
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
