import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { pack } from "../../scripts/build/archives.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

test("an archive is packed onto a drive, which GNU tar would take for a host", () => {
  const [folder, before] = [temporaryDirectory(), process.cwd()];
  writeFileSync(join(folder, "plugin.exe"), "");
  writeFileSync(join(folder, "LICENSE"), "");
  // Elsewhere than on Windows a drive is a folder like any other.
  process.chdir(temporaryDirectory());
  onTestFinished(() => process.chdir(before));
  mkdirSync("D:");
  pack("D:/plugin.tar.gz", folder, ["plugin.exe", "LICENSE"]);
  expect(execFileSync("tar", ["-tzf", "./D:/plugin.tar.gz"], { encoding: "utf8" })).toBe("plugin.exe\nLICENSE\n");
});
