import { X509Certificate } from "node:crypto";
import { Fault, remoteText } from "../fault.ts";
import { readTextNow } from "../read-text.ts";

/** Largest CA file that is read: the bundle of an operating system has a quarter of a MiB. */
const FILE_LIMIT_BYTES = 4 * 1024 * 1024;

/** Labels of certificates (RFC 7468 §5; the others are OpenSSL's). Keys and revocation lists in the file are passed over. */
const LABELS: ReadonlySet<string> = new Set(["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"]);
const BEGIN = "-----BEGIN ";
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

/** The certificates of the CA file, one PEM each; none without a file. Each is held against what a CA file is for. */
export function authoritiesOf(caFile: string | undefined, environment: NodeJS.ProcessEnv): readonly string[] {
  const variable = environment["GMAILSYNC_CA_FILE"];
  if (caFile) return readAuthorities(caFile, "network.caFile");
  return variable ? readAuthorities(variable, "GMAILSYNC_CA_FILE") : [];
}

function readAuthorities(file: string, source: string): readonly string[] {
  const text = readTextNow(file, FILE_LIMIT_BYTES);
  if (typeof text !== "string") throw refused(`${source}: the CA file ${file} ${text.refusal}`);
  const certificates = text.split(BEGIN).slice(1).flatMap(certificateIn);
  if (certificates.length === 0)
    throw refused(
      `${source}: ${file} holds no PEM certificate`,
      "One in DER becomes one by `openssl x509 -inform der -in FILE`.",
    );
  for (const [index, pem] of certificates.entries()) {
    const problem = problemOf(pem);
    if (problem) throw refused(`${source}: certificate ${index + 1} of ${certificates.length} in ${file} ${problem}`);
  }
  return certificates;
}

/** The certificate that stands behind a BEGIN, up to its END. Two files put together may have no line end between them. */
function certificateIn(text: string): readonly string[] {
  const label = text.slice(0, text.indexOf("-----"));
  if (!LABELS.has(label)) return [];
  const last = `-----END ${label}-----`;
  const [body = ""] = text.split(last, 1);
  return [`${BEGIN}${body}${last}\n`];
}

/** Why nothing could be verified by it, as the end of a sentence. */
function problemOf(pem: string): string | undefined {
  const certificate = parsed(pem);
  if (!certificate) return "is broken or cut off";
  if (certificate.ca) return undefined;
  const named = `(${remoteText(certificate.subject)})`;
  // Roots of X.509 version 1 say nothing of what they are for, and a server's own may stand for itself.
  if (!certificate.verify(certificate.publicKey))
    return `${named} is no authority's but what one has issued; the authority's own is wanted`;
  const uses: readonly string[] | undefined = certificate.keyUsage;
  return uses && !uses.includes(SERVER_AUTH) ? `${named} is for clients, and verifies no server` : undefined;
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function refused(what: string, hint?: string): Fault {
  return new Fault({ kind: "invalid-input", what, hint });
}
