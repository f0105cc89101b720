import { renameSync, rmSync, writeFileSync } from "node:fs";
import { Fault, messageOf } from "../fault.ts";
import { mask } from "../redaction/secrets.ts";

/** Writes a file whole or not at all. */
export function writeWhole(file: string, text: string): void {
  const fresh = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(fresh, mask(text));
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new Fault({
      kind: "failed-precondition",
      what: `${file} cannot be written: ${messageOf(error)}`,
      hint: "Name a file in a folder that is there and may be written to.",
      cause: error,
    });
  }
}
