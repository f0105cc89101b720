import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_WORK } from "../../scripts/installed-package.ts";
import { atEnd } from "./sandbox.ts";

export { installedPackage } from "../../scripts/installed-package.ts";

export const ROOT = join(import.meta.dirname, "..", "..");

/** The launchers that tests start: of the bundles that `npm test` makes, which start faster; else of the sources. */
export const BIN = process.env["GMAILSYNC_TEST_BIN"] ?? join(ROOT, "bin");

/** What a project says of them. */
export const PLUGINS = `plugins:\n  providers:\n    - {name: gmailsync, path: ${BIN}}\n`;

/** An empty folder for a program that can import the installed package; it goes with the test file. */
export function programFolder(): string {
  mkdirSync(join(PACKAGE_WORK, "programs"), { recursive: true });
  const directory = mkdtempSync(join(PACKAGE_WORK, "programs", "p-"));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
