import { randomUUID } from "node:crypto";
import { lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Writes a file whole or not at all. A link in its place is refused, as what it leads to may be another's; one that comes
 * after that is replaced. Nothing is ever written through a link. `mode`: of a new file; everybody may read one without.
 */
export function writeWhole(file: string, text: string, mode = 0o666): void {
  refuseOther(file);
  const fresh = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(fresh, text, { flag: "wx", mode });
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** An error where something else than a regular file is there. */
export function refuseOther(file: string): void {
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there && !there.isFile()) throw new Error(there.isSymbolicLink() ? "it is a link" : "it is no regular file");
}
