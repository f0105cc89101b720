/** node install-official.ts ROOT VERSION: installs the official Pulumi CLI into ROOT/bin. A process of its own, so that it can be stopped. */
import { PulumiCommand } from "@pulumi/pulumi/automation/cmd.js";
import { SemVer } from "semver";

const [root, version] = process.argv.slice(2);
if (root === undefined || version === undefined) throw new Error("Usage: node install-official.ts ROOT VERSION");
try {
  await PulumiCommand.install({ root, version: new SemVer(version) });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
