import { Fault, messageOf } from "../fault.ts";
import { mask, maskData } from "../redaction/secrets.ts";
import { writeWhole } from "../write-whole.ts";
import type { Parts } from "./parts.ts";

/** Writes a file for people, without secrets: whole or not at all, and never through a link. */
export function writeMasked(file: string, parts: Parts): void {
  written(file, () => writeWhole(file, masked(parts)));
}

function* masked(parts: Parts): Generator<string> {
  for (const part of parts) yield mask(part);
}

/** The same of what programs read, where a word too many that is taken out would be another name or address. */
export function writeData(file: string, text: string): void {
  written(file, () => writeWhole(file, maskData(text)));
}

/** Says of a file that a person has named why it cannot be written. */
export function written(file: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new Fault({
      kind: "failed-precondition",
      what: `${file} cannot be written: ${messageOf(error)}`,
      hint: "Name a file in a folder that is there and may be written to.",
      cause: error,
    });
  }
}
