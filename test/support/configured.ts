import { configure, type Services } from "../../provider/host/configuration.ts";
import type { Resource } from "../../provider/resource/resource.ts";
import { resourceOf } from "../../provider/resources/registry.ts";
import { tokenOf } from "../../provider/schema/define.ts";

/** What one process of the provider shares among its resources, with settings from the environment only. */
export function configured(environment: NodeJS.ProcessEnv): Services {
  const { GMAILSYNC_PAGES } = process.env;
  const result = configure({}, { ...(GMAILSYNC_PAGES && { GMAILSYNC_PAGES }), ...environment });
  if ("missing" in result) throw new Error(`not configured: ${JSON.stringify(result.missing)}`);
  return result.services;
}

/** A resource by the name that programs give it. */
export async function resourceNamed(name: string): Promise<Resource> {
  const resource = await resourceOf(tokenOf(name));
  if (resource) return resource;
  throw new Error(`there is no resource ${name}`);
}
