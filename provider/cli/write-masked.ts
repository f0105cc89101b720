import { Fault, messageOf } from "../fault.ts";
import { mask } from "../redaction/secrets.ts";
import { writeWhole } from "../write-whole.ts";

/** Writes a file for people, without secrets: whole or not at all, and never through a link. */
export function writeMasked(file: string, text: string): void {
  try {
    writeWhole(file, mask(text));
  } catch (error) {
    throw new Fault({
      kind: "failed-precondition",
      what: `${file} cannot be written: ${messageOf(error)}`,
      hint: "Name a file in a folder that is there and may be written to.",
      cause: error,
    });
  }
}
