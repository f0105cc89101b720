import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";

const ROOT = join(import.meta.dirname, "..");
/** Programs below this folder can import the package. */
export const PACKAGE_WORK = join(ROOT, ".gmailsync", "package");
const INSTALLED = join(PACKAGE_WORK, "node_modules", "pulumi-gmailsync");

/**
 * The package as it would be installed from the registry: built, packed, unpacked. Its dependencies are found in this
 * repository's `node_modules`, above it. Made once per state of the sources.
 */
export async function installedPackage(): Promise<{ readonly archive: string; readonly directory: string }> {
  mkdirSync(PACKAGE_WORK, { recursive: true });
  return withLock(join(PACKAGE_WORK, "lock"), async () => {
    const archive = join(PACKAGE_WORK, "package.tgz");
    if (existsSync(archive) && statSync(archive).mtimeMs > newestSource()) return { archive, directory: INSTALLED };
    const options = { cwd: ROOT, stdio: "pipe" } as const;
    execFileSync(process.execPath, [join(ROOT, "scripts", "build", "build.ts")], options);
    const name = execFileSync(
      "npm",
      ["pack", "--silent", "--pack-destination", PACKAGE_WORK, join(ROOT, "dist")],
      options,
    );
    rmSync(INSTALLED, { recursive: true, force: true });
    mkdirSync(INSTALLED, { recursive: true });
    const packed = join(PACKAGE_WORK, name.toString().trim().split("\n").at(-1) ?? "");
    execFileSync("tar", ["-xzf", packed, "-C", INSTALLED, "--strip-components=1"], options);
    renameSync(packed, archive);
    return { archive, directory: INSTALLED };
  });
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
