import { randomUUID } from "node:crypto";
import { chmodSync, closeSync, lstatSync, openSync, renameSync, rmSync, type Stats, writeFileSync } from "node:fs";

/**
 * Writes a file whole or not at all, from a text or the parts of one. A link in its place is refused, as what it leads to may be another's; one that comes
 * after that is replaced. Nothing is ever written through a link. The file keeps its mode, within `most`; everybody may read a new one
 * where that allows it.
 */
export function writeWhole(file: string, text: string | Iterable<string>, most = 0o777): void {
  const there = refuseOther(file);
  const mode = (there?.mode ?? 0o666) & most;
  const fresh = `${file}.${randomUUID()}.tmp`;
  try {
    writeParts(fresh, typeof text === "string" ? [text] : text, mode);
    // What the umask has taken.
    if (there && mode & ~lstatSync(fresh).mode) chmodSync(fresh, mode);
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function writeParts(file: string, parts: Iterable<string>, mode: number): void {
  const opened = openSync(file, "wx", mode);
  try {
    for (const part of parts) writeFileSync(opened, part);
  } finally {
    closeSync(opened);
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
