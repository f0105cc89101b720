import { Fault } from "../fault.ts";
import { configure, type Services } from "../host/configuration.ts";
import { EngineWatch, engineAddress } from "../host/engine-watch.ts";
import { learn, mask } from "../redaction/secrets.ts";
import { properties, propertiesWhere } from "../schema/define.ts";
import { ProviderConfiguration } from "../schema/provider-configuration.ts";
import { type Tree, toTree } from "../values.ts";
import type { StackConfiguration } from "./protocol.ts";

/** By what they were configured with: every kind of resource has a shim of its own in the same process. */
const known = new Map<string, Services>();

function configurationOf(settings: StackConfiguration | undefined): Tree {
  const names = Object.keys(properties(ProviderConfiguration));
  return toTree(Object.fromEntries(names.map((name) => [name, settings?.get(`gmailsync:${name}`)])));
}

/** The clients that the stack's configuration and the environment make. */
export function servicesOf(settings: StackConfiguration | undefined): Services {
  const configuration = configurationOf(settings);
  const key = JSON.stringify(configuration);
  const there = known.get(key);
  if (there) return there;
  for (const name of propertiesWhere(ProviderConfiguration, ({ secret }) => secret)) learn(configuration[name]);
  const configured = configure(configuration, process.env);
  if ("missing" in configured) {
    const missing = configured.missing.map(({ name, description }) => `gmailsync:${name} is missing. ${description}`);
    throw new Fault({ kind: "failed-precondition", what: missing.join("\n").replace(/\.$/, "") });
  }
  if (known.size === 0) watchEngine();
  known.set(key, configured.services);
  warn(configured.services);
  return configured.services;
}

/** The engine tells people what a dynamic provider writes to standard error, and there is no other way to them while it works. */
function warn({ warnings }: Services): void {
  for (const warning of warnings) process.stderr.write(`warning: ${mask(warning)}\n`);
}

/**
 * Whose engine is gone begins no request any more. The process is Pulumi's own and may serve other packages, too, so it is not ended
 * here; the shell that Pulumi starts it by lives on with it, so that only the engine's address tells.
 */
function watchEngine(): void {
  const address = engineAddress(process.argv.slice(2));
  const abandon = () => Promise.all([...known.values()].map(({ network }) => network.abandon(0)));
  if (address) new EngineWatch(address, abandon);
}

/** The same where an operation has made them already. */
export function servicesIfConfigured(settings: StackConfiguration | undefined): Services | undefined {
  return known.get(JSON.stringify(configurationOf(settings)));
}

/** For texts, where nothing is configured yet. */
export function environmentUrlOf(settings: StackConfiguration | undefined): string {
  const url = settings?.get("gmailsync:environmentUrl") ?? process.env["GMAILSYNC_ENVIRONMENT_URL"] ?? "";
  return URL.canParse(url) ? new URL(url).origin : "https://ORG.crm.dynamics.com";
}
