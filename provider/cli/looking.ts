import { EXIT } from "../codes/exit.ts";
import { KINDS } from "../codes/kinds.ts";
import { Fault } from "../fault.ts";
import type { Services } from "../host/configuration.ts";
import { say } from "./output.ts";
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
    return await look(services, stop.signal);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    say(`gmailsync ${command}: ${error.message}`);
    return EXIT[KINDS[error.kind].exit];
  } finally {
    await services.network.close();
  }
}
