import { authorityOf, CLOUDS } from "../../schema/clouds.ts";
import type { Surroundings } from "./surroundings.ts";

type Where = Pick<Surroundings, "services" | "environment">;

/** Which identity the settings lead to, in a few words without secrets. */
export function identityTaken({ environment }: Where): string {
  const { AZURE_CLIENT_ID: application, AZURE_TENANT_ID: tenant } = environment;
  return `a client secret of the application ${application} in the tenant ${tenant}`;
}

/** Where it signs in. */
export function entraHost({ services, environment }: Where): string {
  const { hostname } = new URL(services.environmentUrl);
  const { AZURE_AUTHORITY_HOST: authorityHost, POWER_PLATFORM_CLOUD: given } = environment;
  const cloud = CLOUDS.find((known) => known === given?.trim());
  return new URL(authorityOf({ hostname, cloud, authorityHost: authorityHost?.trim() })).host;
}
