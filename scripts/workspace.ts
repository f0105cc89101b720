import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Settings of the Pulumi CLI that keep everything it writes inside of the clone, in `.gmailsync/`. */
export function demoEnvironment(root: string): Record<string, string> {
  const folders = pulumiEnvironment(join(root, ".gmailsync", "pulumi-home"), join(root, ".gmailsync", "state"));
  // As everybody should have it: tests wait side by side.
  return { ...folders, PULUMI_PARALLEL: "64" };
}

/** Settings of the Pulumi CLI that keep what it writes in two folders: its own and that of the stacks. Creates both. */
export function pulumiEnvironment(home: string, state: string): Record<string, string> {
  for (const directory of [home, state]) mkdirSync(directory, { recursive: true });
  return {
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(state).href,
    // Protects nothing: these stacks hold the sandbox's own invented secrets only.
    PULUMI_CONFIG_PASSPHRASE: "sandbox-passphrase",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}
