import { mkdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Pulumi's settings for demo and tests: everything below `.gmailsync` in the clone, nothing in the home folder. The
 * passphrase protects nothing: what it encrypts is the sandbox's.
 */
export function demoEnvironment(root: string): Record<string, string> {
  const work = join(root, ".gmailsync");
  const state = join(work, "state");
  mkdirSync(state, { recursive: true });
  return {
    PULUMI_HOME: join(work, "pulumi-home"),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}
