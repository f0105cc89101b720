import { beforeAll, beforeEach } from "vitest";
import { entraHttpClient } from "../../provider/dataverse/entra-http-client.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { ENVIRONMENT_URL } from "../../sandbox/world/northwind.ts";
import { testSandbox } from "./sandbox.ts";

export const LOGIN = "https://login.microsoftonline.com";
export const SCOPE = `${ENVIRONMENT_URL}/.default`;

export let sandbox: Sandbox;
/** The way to it. */
export let network: Network;

/** One sandbox for a file, as new before each test. */
export function withSandbox(): void {
  beforeAll(async () => {
    sandbox = await testSandbox();
    network = new Network({}, { ...sandbox.environment });
    return () => network.close();
  });
  beforeEach(() => sandbox.reset());
}

/** Of Microsoft's library, so that it goes there, and once. */
export async function options() {
  const httpClient = await entraHttpClient(network, Deadline.after(10_000), {});
  return { httpClient, authorityHost: LOGIN, retryOptions: { maxRetries: 0 } };
}
