import type { Services } from "../host/configuration.ts";
import { telling } from "./command-line.ts";
import { settings } from "./settings.ts";

/**
 * Runs a command that only looks: with the environment's settings, until it has ended or Ctrl-C stops it. Settings that are missing and
 * errors are told. Returns the exit code.
 */
export async function looking(
  command: string,
  look: (services: Services, stop: AbortSignal) => Promise<number>,
): Promise<number> {
  const services = settings(command);
  if (typeof services === "number") return services;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  try {
    return await telling(command, () => look(services, stop.signal));
  } finally {
    await services.network.close();
  }
}
