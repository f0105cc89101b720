import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Settings of the Pulumi CLI that keep everything it writes inside the clone, in `.gmailsync/`: its home folder and
 * the state of the stacks. Creates both folders.
 */
export function demoEnvironment(root: string): Record<string, string> {
  const home = join(root, ".gmailsync", "pulumi-home");
  const state = join(root, ".gmailsync", "state");
  for (const directory of [home, state]) mkdirSync(directory, { recursive: true });
  return {
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(state).href,
    // Protects nothing: the demo's stacks hold the sandbox's own invented secrets only.
    PULUMI_CONFIG_PASSPHRASE: "sandbox-passphrase",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}
