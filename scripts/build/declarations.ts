import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";

/** What programs import. */
const ENTRIES = ["provider/sdk/index", "provider/dynamic/index", "provider/dynamic/operations"];
/** All that a program has beside this package. */
const AVAILABLE = /^@pulumi\/pulumi(\/|$)/;

/** Writes the types of the entries: what can be reached from them, and nothing that needs a package that is not there. */
export function writeDeclarations(root: string, dist: string): void {
  const work = mkdtempSync(join(tmpdir(), "gmailsync-types-"));
  try {
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const args = [tsc, "-p", join(root, "tsconfig.build.json"), "--outDir", work];
    execFileSync(process.execPath, args, { stdio: "inherit" });
    for (const [name, text] of reachable(work)) {
      mkdirSync(join(dist, dirname(name)), { recursive: true });
      // The compiler leaves the endings of relative imports as they are in declarations.
      writeFileSync(join(dist, `${name}.d.ts`), text.replaceAll(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, "$1$2.js$1"));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function reachable(folder: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const names = new Set(ENTRIES);
  // A set's iteration goes on to what is added meanwhile.
  for (const name of names) {
    const text = readFileSync(join(folder, `${name}.d.ts`), "utf8");
    texts.set(name, text);
    for (const { fileName: module } of ts.preProcessFile(text).importedFiles) {
      if (module.startsWith(".")) names.add(join(dirname(name), module).replace(/\.ts$/, ""));
      else if (!AVAILABLE.test(module)) throw new Error(`The types of ${name} need ${module}, which no program has`);
    }
  }
  return texts;
}
