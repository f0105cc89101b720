import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_WORK } from "../../scripts/installed-package.ts";
import { atEnd } from "./sandbox.ts";

export { installedPackage } from "../../scripts/installed-package.ts";

export const ROOT = join(import.meta.dirname, "..", "..");

/** An empty folder for a program that can import the installed package; it goes with the test file. */
export function programFolder(): string {
  mkdirSync(join(PACKAGE_WORK, "programs"), { recursive: true });
  const directory = mkdtempSync(join(PACKAGE_WORK, "programs", "p-"));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
