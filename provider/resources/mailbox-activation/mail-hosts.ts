import type { EmailServerProfileRow } from "../../dataverse/tables.ts";
import { quoted, remoteText } from "../../fault.ts";
import type { Context } from "../../resource/context.ts";
import { otherHosts } from "../../schema/mail-hosts.ts";
import { type Finding, found } from "../../schema/step.ts";

/** What is wrong with the hosts of a profile: whoever has the token of a mailbox reads and writes all of its mail, and so does Dynamics with its own. */
export function hostFinding(
  { name, incomingserverlocation: incoming, outgoingserverlocation: outgoing }: EmailServerProfileRow,
  { mailHosts }: Pick<Context, "mailHosts">,
): Finding | undefined {
  const others = otherHosts([incoming, outgoing], mailHosts);
  if (others.length === 0) return undefined;
  return found("MAIL_HOST_OTHER", {
    message: `the profile ${quoted(name)} names ${others.map(remoteText).join(" and ")}, which is neither Gmail's nor in mailHosts: nothing is sent there`,
  });
}
