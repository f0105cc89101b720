import { EXIT } from "../codes/exit.ts";
import { Fault } from "../fault.ts";
import { configure, type Services } from "../host/configuration.ts";
import { say } from "./output.ts";

/** What the environment configures, for commands that only look; the exit code where it does not, once that is told. */
export function settings(command: string, environment = process.env): Services | number {
  try {
    const configured = configure({ readOnly: true }, environment);
    if ("services" in configured) return configured.services;
    for (const { name, description } of configured.missing)
      say(`gmailsync ${command}: ${name} is missing. ${description}`);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    say(`gmailsync ${command}: ${error.message}`);
  }
  return EXIT.usage;
}
