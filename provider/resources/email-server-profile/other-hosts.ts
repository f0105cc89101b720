import { Fault, quoted } from "../../fault.ts";
import type { Context } from "../../resource/context.ts";
import { otherHosts } from "../../schema/mail-hosts.ts";
import type { EmailServerProfileInputs } from "./definition.ts";

/** Tells of servers that get no token of a mailbox. Only a warning: Dynamics may use them, and nobody has to activate a mailbox. */
export function warnOfOtherHosts(
  { name, incomingServerLocation, outgoingServerLocation }: Partial<EmailServerProfileInputs>,
  { mailHosts, log }: Context,
): void {
  const others = otherHosts([incomingServerLocation ?? null, outgoingServerLocation ?? null], mailHosts);
  if (others.length === 0) return;
  log(
    "warning",
    new Fault({
      kind: "failed-precondition",
      what: `The profile${name === undefined ? "" : ` ${quoted(name)}`} has a server that gets no token of a mailbox`,
      reason: `${others.join(" and ")}, which is neither Gmail's nor in the provider's setting mailHosts, so that no mailbox is tested with it`,
      hint: "If it is one of yours that may log in to mailboxes, name it in `mailHosts` (GMAILSYNC_MAIL_HOSTS); otherwise leave it out, and the profile has Gmail's.",
    }),
  );
}
