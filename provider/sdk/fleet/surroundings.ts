import type { ComponentResource } from "@pulumi/pulumi";
import type { Surroundings } from "../../fleet/load-fleet.ts";
import { knownValue } from "../known.ts";
import { getConfig, getProject } from "../pulumi.ts";

/** A value of the stack's configuration, secret or not, without the warning that the SDK gives for secrets. */
export function stackConfig(name: string): string | undefined {
  return getConfig(`${getProject()}:${name}`);
}

/** As far as the program can know: a provider of its own is asked, the default one has its settings from here. */
export async function surroundingsOf(fleet: ComponentResource): Promise<Surroundings> {
  const provider = fleet.getProvider("gmailsync:index:Fleet");
  const environmentUrl = provider
    ? await knownValue(Reflect.get(provider, "environmentUrl"))
    : (getConfig("gmailsync:environmentUrl") ?? process.env["GMAILSYNC_ENVIRONMENT_URL"]);
  return { config: stackConfig, environmentUrl: typeof environmentUrl === "string" ? environmentUrl : undefined };
}
