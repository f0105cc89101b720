/** What a client presents: RFC 7628 for OAUTHBEARER, Google's "OAuth 2.0 mechanism" for XOAUTH2. */
export interface Presented {
  readonly user: string;
  readonly token: string;
}

export type Mechanism = "XOAUTH2" | "OAUTHBEARER";

export const MECHANISMS: readonly Mechanism[] = ["XOAUTH2", "OAUTHBEARER"];

/** Refused: what Gmail sends before its final answer. */
export const CHALLENGE = Buffer.from(
  JSON.stringify({ status: "400", schemes: "Bearer", scope: "https://mail.google.com/" }),
).toString("base64");

const PAIRS: Readonly<Record<Mechanism, RegExp>> = {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: 0x01 separates the fields of both mechanisms.
  XOAUTH2: /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/i,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
  OAUTHBEARER: /^n,a=([^,\x01]*),\x01(?:(?!auth=)[^\x01]*\x01)*auth=Bearer ([^\x01]*)\x01(?:[^\x01]*\x01)*\x01$/i,
};

/** Decodes an initial response; undefined when it is not one. */
export function parseSasl(mechanism: Mechanism, base64: string): Presented | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  const match = PAIRS[mechanism].exec(Buffer.from(base64, "base64").toString("utf8"));
  if (!match) return undefined;
  const [, user = "", token = ""] = match;
  return { user: mechanism === "OAUTHBEARER" ? user.replaceAll("=2C", ",").replaceAll("=3D", "=") : user, token };
}
