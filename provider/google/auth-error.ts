/** Codes that Google's error page is known to show. */
const KNOWN = [
  "redirect_uri_mismatch",
  "invalid_client",
  "deleted_client",
  "disabled_client",
  "invalid_request",
  "org_internal",
  "access_denied",
  "admin_policy_enforced",
  "disallowed_useragent",
] as const;

export interface AuthError {
  readonly code: string;
  readonly message: string;
}

/** Longest parameter that is decoded, in characters. */
const LIMIT = 8192;

/**
 * The `authError` parameter of Google's error page: base64 of a protocol buffer with the fields 1 code and 2 message.
 * Undocumented; where it is something else, a known code in it is taken.
 */
export function decodeAuthError(parameter: string): AuthError | undefined {
  const bytes = Buffer.from(parameter.slice(0, LIMIT), "base64");
  const { 1: code = "", 2: message = "" } = textFields(bytes);
  if (/^[a-z_]{3,60}$/.test(code)) return { code, message };
  return knownCode(bytes.toString("latin1"));
}

/** The error mark of a page that came with HTTP 200. */
export function errorInPage(html: string): AuthError | undefined {
  const marked = /data-error-code="([a-z_]{3,60})"/.exec(html)?.[1] ?? /\bError \d{3}: ([a-z_]{3,60})/.exec(html)?.[1];
  return marked ? { code: marked, message: "" } : undefined;
}

function knownCode(text: string): AuthError | undefined {
  const code = KNOWN.find((known) => text.includes(known));
  return code && { code, message: "" };
}

/** Top-level fields of type string (wire type 2); stops at the first thing that is not one of a protocol buffer. */
function textFields(bytes: Buffer): Readonly<Record<number, string>> {
  const fields: Record<number, string> = {};
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) return Number.NaN;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if (Number.isNaN(tag) || Number.isNaN(value)) break;
    if ((tag & 7) === 0) continue;
    if ((tag & 7) !== 2 || at + value > bytes.length) break;
    fields[tag >> 3] ??= bytes.toString("utf8", at, at + value);
    at += value;
  }
  return fields;
}
