import type { EmailServerProfileRow } from "../../dataverse/tables.ts";
import { quoted, remoteText } from "../../fault.ts";
import type { Context } from "../../resource/context.ts";
import { otherHosts } from "../../schema/mail-hosts.ts";
import { type Finding, found } from "../../schema/step.ts";

/**
 * Why no token is sent to the servers of a profile, and Dynamics should not send its own: whoever has the token of a mailbox reads and writes
 * all of its mail.
 */
export function hostFinding(
  profile: EmailServerProfileRow,
  { mailHosts }: Pick<Context, "mailHosts">,
): Finding | undefined {
  const { name, incomingserverlocation: incoming, outgoingserverlocation: outgoing } = profile;
  if (profile.incomingusessl === false || profile.outgoingusessl === false) {
    return found("TLS_OFF", { message: `the profile ${quoted(name)} switches TLS off: no token is sent without` });
  }
  const others = otherHosts([incoming, outgoing], mailHosts);
  if (others.length === 0) return undefined;
  return found("MAIL_HOST_OTHER", {
    message: `the profile ${quoted(name)} names ${others.map(remoteText).join(" and ")}, which is neither Gmail's nor in mailHosts: nothing is sent there`,
  });
}
