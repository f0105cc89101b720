import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../../scripts/lock.mjs";
import { atEnd } from "./sandbox.ts";

export const ROOT = join(import.meta.dirname, "..", "..");
const WORK = join(ROOT, ".gmailsync", "package");
const INSTALLED = join(WORK, "node_modules", "pulumi-gmailsync");

/**
 * The package as it would be installed from the registry: built, packed, unpacked. Its dependencies are found in this
 * repository's `node_modules`, above it. Made once per state of the sources.
 */
export async function installedPackage(): Promise<{ readonly archive: string; readonly directory: string }> {
  mkdirSync(WORK, { recursive: true });
  return withLock(join(WORK, "lock"), async () => {
    const archive = join(WORK, "package.tgz");
    if (existsSync(archive) && statSync(archive).mtimeMs > newestSource()) return { archive, directory: INSTALLED };
    const options = { cwd: ROOT, stdio: "pipe" } as const;
    execFileSync(process.execPath, [join(ROOT, "scripts", "build.ts")], options);
    const name = execFileSync("npm", ["pack", "--silent", "--pack-destination", WORK, join(ROOT, "dist")], options);
    rmSync(INSTALLED, { recursive: true, force: true });
    mkdirSync(INSTALLED, { recursive: true });
    const packed = join(WORK, name.toString().trim().split("\n").at(-1) ?? "");
    execFileSync("tar", ["-xzf", packed, "-C", INSTALLED, "--strip-components=1"], options);
    cpSync(packed, archive);
    rmSync(packed);
    return { archive, directory: INSTALLED };
  });
}

/** An empty folder for a program that can import the installed package; it goes with the test file. */
export function programFolder(): string {
  mkdirSync(join(WORK, "programs"), { recursive: true });
  const directory = mkdtempSync(join(WORK, "programs", "p-"));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function newestSource(): number {
  const folders = ["provider", "sandbox", "bin", "schema", "scripts"].map((name) => join(ROOT, name));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  return Math.max(
    ...[...files, join(ROOT, "package.json"), join(ROOT, "README.md")].map((file) => statSync(file).mtimeMs),
  );
}
