import { Fault } from "../fault.ts";
import { readText } from "../read-text.ts";
import { learn } from "../redaction/secrets.ts";

/** A file with nothing in it but a secret or a token. */
interface CredentialFile {
  readonly path: string;
  /** What it holds, in a sentence. */
  readonly name: string;
  /** More than that has, in bytes. */
  readonly limitBytes: number;
  /** What to do where it cannot be had. */
  readonly hint: string;
}

/** What the file holds, known as a secret from then on, without the line end that editors write behind it. */
export async function credentialIn({ path, name, limitBytes, hint }: CredentialFile): Promise<string> {
  const read = await readText(path, limitBytes);
  const credential = typeof read === "string" ? read.trim() : "";
  if (credential === "") {
    const refusal = typeof read === "string" ? "is empty" : read.refusal;
    throw new Fault({ kind: "failed-precondition", what: `The file of ${name}, ${path}, ${refusal}`, hint });
  }
  learn(credential);
  return credential;
}
