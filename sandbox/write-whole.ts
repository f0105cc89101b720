import { randomUUID } from "node:crypto";
import { linkSync, lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Writes a file whole or not at all, and for its owner only: it holds tokens, though fake ones. Nothing is ever written through a
 * link: one that comes after it was looked for is replaced.
 */
export function writeWhole(file: string, text: string): void {
  refuseOther(file);
  withFresh(file, text, (fresh) => renameSync(fresh, file));
}

/** An error where something else than a regular file is there: what a link leads to may be another's. */
export function refuseOther(file: string): void {
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (!there || there.isFile()) return;
  throw new Error(`${file} is ${there.isSymbolicLink() ? "a link" : "no regular file"}; take it away, or name another`);
}

/** The same where nothing is there yet, not even a link; whether it was so. Of several at the same moment one succeeds. */
export function createWhole(file: string, text: string): boolean {
  try {
    withFresh(file, text, (fresh) => linkSync(fresh, file));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function withFresh(file: string, text: string, place: (fresh: string) => void): void {
  const fresh = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(fresh, text, { mode: 0o600, flag: "wx" });
    place(fresh);
  } finally {
    rmSync(fresh, { force: true });
  }
}
