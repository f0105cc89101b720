import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface KeyPair {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface Certificates {
  readonly ca: string;
  readonly caFile: string;
  /** For Gmail's three host names. */
  readonly gmail: KeyPair;
  /** From the same authority, for a name that nobody connects to. */
  readonly wrong: KeyPair;
}

const extensions = `[req]
distinguished_name = subject
[subject]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[gmail]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:imap.gmail.com, DNS:pop.gmail.com, DNS:smtp.gmail.com
[wrong]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:mail.elsewhere.example
`;

/** Makes a certificate authority and two server certificates in the folder, valid for a day. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const config = join(folder, "openssl.cnf");
  await writeFile(config, extensions);

  async function issue(section: "ca" | "gmail" | "wrong", issuer?: KeyPair): Promise<KeyPair> {
    const pair = { certificateFile: join(folder, `${section}.crt`), keyFile: join(folder, `${section}.key`) };
    const signing = issuer ? ["-CA", issuer.certificateFile, "-CAkey", issuer.keyFile] : [];
    await run(
      "openssl",
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "1"]
        .concat(["-config", config, "-extensions", section, "-subj", `/CN=live laboratory ${section}`])
        .concat(["-out", pair.certificateFile, "-keyout", pair.keyFile], signing),
      { timeout: 10_000 },
    );
    return pair;
  }

  const authority = await issue("ca");
  const [gmail, wrong] = await Promise.all([issue("gmail", authority), issue("wrong", authority)]);
  const caFile = authority.certificateFile;
  return { ca: await readFile(caFile, "utf8"), caFile, gmail, wrong };
}
