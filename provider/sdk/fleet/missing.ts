import type { ComponentResource } from "@pulumi/pulumi";
import type { PlannedMailbox } from "../../fleet/plan.ts";
import { LOOK_UP } from "../../resources/fleet/functions.ts";
import { invoke } from "../pulumi.ts";

/**
 * Those that no mailbox in Dynamics answers to: their users or queues were deleted, or have another address by now. None where that cannot
 * be told: then each says it by itself.
 */
export async function missingOf(
  fleet: ComponentResource,
  mailboxes: readonly PlannedMailbox[],
): Promise<ReadonlySet<PlannedMailbox>> {
  const addresses = mailboxes.map(({ emailAddress }) => emailAddress);
  const answer: unknown = await invoke(LOOK_UP, { addresses }, { parent: fleet }).catch(() => undefined);
  const listed: unknown = Reflect.get(Object(answer), "missing");
  const missing = new Set(Array.isArray(listed) ? listed.map(String) : []);
  return new Set(mailboxes.filter(({ emailAddress }) => missing.has(emailAddress)));
}
