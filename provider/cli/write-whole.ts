import { randomUUID } from "node:crypto";
import { lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Fault, messageOf } from "../fault.ts";
import { mask } from "../redaction/secrets.ts";

/**
 * Writes a file whole or not at all. A link in its place is refused, as what it leads to may be another's; one that comes
 * after that is replaced. Nothing is ever written through a link.
 */
export function writeWhole(file: string, text: string): void {
  const fresh = `${file}.${randomUUID()}.tmp`;
  try {
    const there = lstatSync(file, { throwIfNoEntry: false });
    if (there && !there.isFile()) throw new Error(there.isSymbolicLink() ? "it is a link" : "it is no regular file");
    writeFileSync(fresh, mask(text), { flag: "wx" });
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
