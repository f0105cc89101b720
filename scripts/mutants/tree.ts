import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Copies the work tree, as far as git knows or would take it, so that mutants never stand in files that somebody edits. Modules
 * are linked, not copied.
 */
export function copyTree(root: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root });
  for (const path of listed.toString().split("\0").filter(Boolean)) {
    const target = join(to, path);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, path), target, { force: true });
  }
  symlinkSync(join(root, "node_modules"), join(to, "node_modules"));
}

/** Puts texts into the copy. */
export function write(to: string, files: readonly { readonly name: string; readonly content: string }[]): void {
  for (const { name, content } of files) writeFileSync(join(to, name), content);
}
