import { randomUUID } from "node:crypto";
import { chmodSync, lstatSync, renameSync, rmSync, type Stats, writeFileSync } from "node:fs";

/**
 * Writes a file whole or not at all. A link in its place is refused, as what it leads to may be another's; one that comes
 * after that is replaced. Nothing is ever written through a link. The file keeps its mode, within `most`; everybody may read a new one
 * where that allows it.
 */
export function writeWhole(file: string, text: string, most = 0o777): void {
  const there = refuseOther(file);
  const mode = (there?.mode ?? 0o666) & most;
  const fresh = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(fresh, text, { flag: "wx", mode });
    // What the umask has taken.
    if (there && mode & ~lstatSync(fresh).mode) chmodSync(fresh, mode);
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** An error where the file could not be written; nothing is left of the trial. */
export function tryWhole(file: string): void {
  refuseOther(file);
  const fresh = `${file}.${randomUUID()}.tmp`;
  writeFileSync(fresh, "", { flag: "wx" });
  rmSync(fresh);
}

/** The regular file that is there; an error where it is something else. */
export function refuseOther(file: string): Stats | undefined {
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there && !there.isFile()) throw new Error(there.isSymbolicLink() ? "it is a link" : "it is no regular file");
  return there;
}
