import type { Context } from "../../resource/context.ts";
import type { Stored } from "../../resource/resource.ts";
import type { EmailServerProfileInputs, EmailServerProfileOutputs } from "./definition.ts";

/** The revision of a row that nobody has seen. */
export const UNSEEN = "unknown";

/** The key under which stands on this machine which revision a secret was written over. */
export function secretKey(id: string): string {
  return `secret over revision of ${id.toLowerCase()}`;
}

/**
 * The secret that the row has; undefined where nobody knows: its creation was not seen, or a run has written another one and was cut off
 * before the state had it, so that the state still has the revision before.
 */
export function secretIn(
  id: string,
  { inputs, outputs }: Stored<EmailServerProfileInputs, EmailServerProfileOutputs>,
  { originals, urn }: Context,
): string | undefined {
  const { revision = UNSEEN } = outputs;
  const over = originals.of(urn, secretKey(id))?.["revision"];
  if (over !== undefined && over !== revision) originals.settle(urn, secretKey(id));
  return revision === UNSEEN || over === revision ? undefined : inputs.oauthClientSecret;
}
