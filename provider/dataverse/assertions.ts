import { quoted } from "../fault.ts";
import { jsonOf, memberOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import { Kept } from "../network/kept.ts";
import { minted } from "../redaction/secrets.ts";

/** Gives the token of an issuer that vouches for this job or workload. */
export type Issuer = (deadline: Deadline) => Promise<string>;

/** An assertion that expires sooner is not used again: Entra may be slow, and its clock another. */
const RENEW_BEFORE_MS = 60_000;
/** Longest time for asking an issuer. */
const ISSUER_LIMIT_MS = 30_000;

/**
 * Assertions of one identity. They live for minutes, so the issuer is asked again for each access token, but not more often: the library
 * wants an assertion twice for each.
 */
export class Assertions {
  readonly #kept = new Kept<string>(ISSUER_LIMIT_MS);
  #presented: string | undefined;

  async of(issuer: Issuer, deadline: Deadline): Promise<string> {
    const what = "Getting the token that vouches for this job";
    this.#presented = await this.#kept.get("", what, deadline, async (limit) => {
      const assertion = minted((await issuer(limit)).trim());
      return { value: assertion, until: (expiryOf(assertion) ?? 0) - RENEW_BEFORE_MS };
    });
    return this.#presented;
  }

  /** What was presented has been refused: the issuer is asked again. Who and for whom it was, in words, for the record that has to match. */
  refused(): string | undefined {
    const presented = this.#presented;
    this.#presented = undefined;
    this.#kept.drop("", presented);
    const claims = presented === undefined ? undefined : claimsOf(presented);
    return claims && wordsOf(claims);
  }
}

/** Milliseconds since 1970; undefined where the token does not say. */
export function expiryOf(assertion: string): number | undefined {
  const seconds = memberOf(claimsOf(assertion), "exp");
  return typeof seconds === "number" ? seconds * 1000 : undefined;
}

function wordsOf(claims: object): string {
  const [issuer, subject, audience] = ["iss", "sub", "aud"].map((name) =>
    quoted([memberOf(claims, name)].flat().join()),
  );
  return `The token that was presented has the issuer ${issuer}, the subject ${subject} and the audience ${audience}: a federated credential of the application (Certificates & secrets, Federated credentials) has to have exactly these three, letter by letter. One that was just added takes some minutes.`;
}

/** The claims of a JSON web token (RFC 7519), not verified: Entra does that. */
function claimsOf(assertion: string): object | undefined {
  return jsonOf(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString());
}
