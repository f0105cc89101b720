import { sideBySide } from "../../resource/looks.ts";
import type { Step } from "../../schema/step.ts";
import { googleLooks } from "./google.ts";
import { machineLooks } from "./machine.ts";
import { mailLooks } from "./mail.ts";
import { microsoftSteps } from "./microsoft.ts";
import { networkLooks } from "./network.ts";
import type { Surroundings } from "./surroundings.ts";

/** Every probe, all at once; in the order in which people mend things. */
export async function lookAround(surroundings: Surroundings): Promise<readonly Step[]> {
  const parts = await Promise.all([
    sideBySide(machineLooks(surroundings)),
    sideBySide(networkLooks(surroundings)),
    microsoftSteps(surroundings),
    sideBySide(googleLooks(surroundings)),
    sideBySide(mailLooks(surroundings)),
  ]);
  return parts.flat();
}
