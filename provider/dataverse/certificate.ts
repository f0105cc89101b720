import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { Fault, messageOf } from "../fault.ts";
import { readBytes } from "../read-text.ts";
import { learn } from "../redaction/secrets.ts";

/** Where a certificate and its private key are. */
export type CertificateSource = { readonly value: string } | { readonly path: string };

const FILE_LIMIT = 1024 * 1024;
const MARK = "-----BEGIN ";
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,65536}-----END CERTIFICATE-----/g;
const PRIVATE_KEY =
  /-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----[A-Za-z0-9+/=\s:,-]{1,65536}?-----END \1-----/;

/** Certificates and a private key as PEM, the key no longer encrypted. */
interface Pair {
  readonly key: KeyObject;
  readonly certificates: readonly string[];
}

/**
 * The certificate as @azure/identity takes it, PEM, with its key, its own certificate first, then the chain. Taken are PEM and PFX, with
 * and without a password.
 */
export async function certificatePem(source: CertificateSource, password: string | undefined): Promise<string> {
  const name = "path" in source ? `The certificate ${source.path}` : "The certificate in clientCertificate";
  const bytes = "path" in source ? await readBytes(source.path, FILE_LIMIT) : bytesOf(source.value);
  if ("refusal" in bytes) throw unusable(name, bytes.refusal, "Check clientCertificatePath.");
  const { key, certificates } = await pairIn(bytes, password, name);
  const own = certificates.findIndex((pem) => new X509Certificate(pem).checkPrivateKey(key));
  if (own < 0) throw unusable(name, "has no certificate that belongs to its private key", WHOLE);
  if (key.asymmetricKeyType !== "rsa")
    throw unusable(name, `has a key of the type ${key.asymmetricKeyType}`, "Microsoft Entra takes RSA only.");
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  learn(pem);
  const ordered = [...certificates.slice(own, own + 1), ...certificates.toSpliced(own, 1)];
  return [pem.trim(), ...ordered, ""].join("\n");
}

const WHOLE = "Export it together with its private key, as PFX or PEM.";
const PASSWORD = "Check clientCertificatePassword.";

function bytesOf(value: string): Buffer {
  const text = value.replaceAll("\\n", "\n");
  return text.includes(MARK) ? Buffer.from(text) : Buffer.from(value, "base64");
}

async function pairIn(bytes: Buffer, password: string | undefined, name: string): Promise<Pair> {
  const text = bytes.toString("latin1");
  return text.includes(MARK) ? pairOfPem(text, password, name) : pairOfPfx(text, password, name);
}

function pairOfPem(text: string, password: string | undefined, name: string): Pair {
  const [key] = PRIVATE_KEY.exec(text) ?? [];
  if (key === undefined) throw unusable(name, "has no private key", WHOLE);
  try {
    const read = createPrivateKey({ key, ...(password !== undefined && { passphrase: password }) });
    return { key: read, certificates: text.match(CERTIFICATE) ?? [] };
  } catch {
    throw unusable(name, "has a private key that cannot be read", PASSWORD);
  }
}

/** The library takes none, and Node.js does not show what is inside. Loaded with the first one. */
async function pairOfPfx(binary: string, password: string | undefined, name: string): Promise<Pair> {
  const { default: forge } = await import("node-forge");
  const { certBag = "", keyBag = "", pkcs8ShroudedKeyBag = "" } = forge.pki.oids;
  try {
    const pfx = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(binary), password ?? "");
    const bags = (type: string) => pfx.getBags({ bagType: type })[type] ?? [];
    const [key] = [...bags(pkcs8ShroudedKeyBag), ...bags(keyBag)].flatMap((bag) => bag.key ?? []);
    if (!key) throw unusable(name, "has no private key of the type RSA", WHOLE);
    const certificates = bags(certBag).flatMap(({ cert }) => (cert ? [forge.pki.certificateToPem(cert).trim()] : []));
    return { key: createPrivateKey(forge.pki.privateKeyToPem(key)), certificates };
  } catch (error) {
    if (error instanceof Fault) throw error;
    const isPassword = /password|MAC could not be verified/i.test(messageOf(error));
    throw isPassword
      ? unusable(name, "cannot be opened by the password that is given", PASSWORD)
      : unusable(name, "is neither PFX nor PEM, or is damaged", "Give a file by its path, or its bytes in base64.");
  }
}

function unusable(name: string, reason: string, hint: string): Fault {
  return new Fault({ kind: "invalid-input", what: `${name} ${reason}`, hint });
}
