/** The text of octets in UTF-8 or ASCII, which stand one in a character. */
export function textOf(octets: string): string {
  return Buffer.from(octets, "latin1").toString("utf8");
}

/** The other way. */
export function octetsOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
