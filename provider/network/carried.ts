import { minted } from "../redaction/secrets.ts";

/** Parameters of token requests that prove who asks (RFC 6749, 7521, 7523 and 8693). */
const PROOFS: ReadonlySet<string> = new Set([
  ...["assertion", "client_assertion", "client_secret", "code", "code_verifier", "password"],
  ...["refresh_token", "subject_token", "actor_token"],
]);

/** Headers that do so; the last two of the identity endpoints of Azure's resources. */
const PROVING = /^((proxy-)?authorization|x-identity-header|secret)$/i;

interface Carrier {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Remembers the secrets that a request carries, as whoever answers may repeat them. */
export function rememberCarried({ headers = {}, body = "" }: Carrier): void {
  for (const [name, value] of Object.entries(headers)) {
    if (PROVING.test(name)) minted(value.replace(/^\S+ /, ""));
  }
  // Libraries leave it to the way out to say what a form is.
  if (!/^[\w-]+=/.test(body)) return;
  for (const [parameter, proof] of new URLSearchParams(body)) if (PROOFS.has(parameter)) minted(proof);
}
