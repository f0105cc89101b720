/**
 * The text, if it can be an access token (RFC 6750 §2.1), else nothing: what else a server gives under that name would be refused further on
 * by whatever has to send it, in words about headers.
 */
export function bearerToken(text: string): string {
  return /^[\w.~+/-]+=*$/.test(text) ? text : "";
}
