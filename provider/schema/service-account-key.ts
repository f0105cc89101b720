import { createPrivateKey } from "node:crypto";
import { memberOf, objectIn, textOf } from "../json.ts";
import { isTree, type Tree } from "../values.ts";

/** The key of a Google service account, as its console downloads it. */
export interface ServiceAccountKey {
  readonly email: string;
  /** Numeric; empty where the file does not say. */
  readonly clientId: string;
  /** PEM (PKCS #8). */
  readonly privateKey: string;
}

const AS_DOWNLOADED = "give the whole key file as Google's console downloads it";

const KEYLESS = "name it in GOOGLE_APPLICATION_CREDENTIALS, and give serviceAccountEmail";

/** Other files of Google's, by their `type`, and what to do. */
const OTHER_TYPES = new Map([
  ["authorized_user", `is the sign-in of a person; ${AS_DOWNLOADED}`],
  ["external_account", `is a configuration of workload identity federation; ${KEYLESS}`],
  ["impersonated_service_account", `is a configuration of impersonation; ${KEYLESS}`],
]);

/**
 * Reads a key as people have it: the file's text, in base64, with line ends inside of its strings; the private key with literal `\n` or
 * blanks for line ends. Text where it cannot be used, and says why. Never holds a value of the file.
 */
export function readServiceAccountKey(text: string): ServiceAccountKey | string {
  const file = objectIn(text);
  if (!file) return `it is not JSON; ${AS_DOWNLOADED}`;
  const other = otherFile(file);
  if (other) return `it ${other}`;
  const email = textOf(file, "client_email");
  if (!email) return `client_email is missing; ${AS_DOWNLOADED}`;
  const pem = textOf(file, "private_key");
  if (!pem) return `private_key is missing; ${AS_DOWNLOADED}`;
  const read = readPrivateKey(pem);
  if ("problem" in read) return `private_key cannot be read: ${read.problem}; ${AS_DOWNLOADED}`;
  return { email, clientId: textOf(file, "client_id"), privateKey: read.privateKey };
}

/** What the file is, where it is none of a service account. */
function otherFile(file: Tree): string | undefined {
  if (isTree(memberOf(file, "web")) || isTree(memberOf(file, "installed")))
    return `is an OAuth client; ${AS_DOWNLOADED}`;
  const type = textOf(file, "type");
  if (type === "service_account") return undefined;
  return OTHER_TYPES.get(type) ?? `has no "type": "service_account"; ${AS_DOWNLOADED}`;
}

const PEM_LINE = /.{1,64}/g;

/** What stands between the first BEGIN and its END. */
function pemIn(text: string): { readonly label: string; readonly body: string | undefined } {
  const [begin = "", label = ""] = /-----BEGIN ([A-Z0-9 ]{1,80})-----/.exec(text) ?? [];
  const start = text.indexOf(begin) + begin.length;
  const end = text.indexOf(`-----END ${label}-----`, start);
  return { label, body: label === "" || end === -1 ? undefined : text.slice(start, end) };
}

function readPrivateKey(text: string): { readonly privateKey: string } | { readonly problem: string } {
  const { label, body } = pemIn(text.replaceAll(/(?<!\\)\\+[rn]/g, "\n"));
  if (body === undefined) return { problem: "it does not go from -----BEGIN PRIVATE KEY----- to its -----END" };
  if (!label.endsWith("PRIVATE KEY")) return { problem: `it is a ${label.toLowerCase()}` };
  // RFC 5958 has a label of its own for it, RFC 1421 a header.
  if (label.startsWith("ENCRYPTED") || body.includes("Proc-Type")) return { problem: "it is encrypted" };
  const lines = body.replaceAll(/\s/g, "").match(PEM_LINE) ?? [];
  try {
    const key = createPrivateKey([`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n"));
    if (key.asymmetricKeyType !== "rsa")
      return { problem: `it is of the type ${key.asymmetricKeyType}, and Google's are RSA` };
    return { privateKey: key.export({ type: "pkcs8", format: "pem" }).toString() };
  } catch {
    return { problem: "it is cut off, or was changed on its way" };
  }
}
