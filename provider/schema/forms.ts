import { signInLine, signInLines, strangeSign } from "./signs.ts";

/** Forms of values that several definitions take, as words of JSON Schema. */

/** Free text on one line. */
export const TEXT = { form: "a string on one line, without control characters", check: signInLine } as const;

/** Free text that may have several lines. */
export const LINES = {
  form: "a string without control characters but for line ends and tabs",
  check: signInLines,
} as const;

/** The id of a Google Cloud project (Cloud Resource Manager: "Creating and managing projects"). */
export const PROJECT_ID = {
  pattern: "^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
  form: "a project id: 6 to 30 lower-case letters, digits and hyphens, a letter first (not the project's name or number)",
} as const;

/** One part of a host's name, whose letters may be those of any language (RFC 5890). */
export const LABEL = "[\\p{L}\\p{N}]([\\p{L}\\p{M}\\p{N}-]*[\\p{L}\\p{M}\\p{N}])?";

export const DOMAIN = {
  pattern: "^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$",
  form: "a domain such as northwind.example",
  maxLength: 253,
} as const;

const CLIENT_ID_PATTERN =
  "^([0-9]+-[0-9a-z]+\\.apps\\.googleusercontent\\.com|[0-9]+(\\.apps\\.googleusercontent\\.com)?)$";

/** The id of a Google OAuth client. Old ones have no letters. */
export const CLIENT_ID = {
  pattern: CLIENT_ID_PATTERN,
  form: "a client id: <number>-<letters and digits>.apps.googleusercontent.com",
  maxLength: 1024,
  check: otherThan(CLIENT_ID_PATTERN),
} as const;

const CLIENT_SECRET_PATTERN = "^[!-~]{8,256}$";

/** The secret of a Google OAuth client. */
export const CLIENT_SECRET = {
  pattern: CLIENT_SECRET_PATTERN,
  form: "a client secret without spaces or line ends, usually GOCSPX- and 28 more characters",
  check: otherThan(CLIENT_SECRET_PATTERN),
} as const;

/** Names what nobody sees in a text that looks right. */
function otherThan(pattern: string): (text: string) => string | undefined {
  const form = new RegExp(pattern);
  return (text) => (form.test(text) ? undefined : (strangeSign(text) ?? "has another form"));
}
