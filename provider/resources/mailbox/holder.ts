import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault, quoted } from "../../fault.ts";
import { sameText } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import { nameOfUrn } from "../../resource/urn.ts";
import { isGmail } from "../email-server-profile/columns.ts";
import { directionsOf, STATUS, statusOf, testedOn } from "./status.ts";

export function twice(urn: string, other: string): string {
  return `is wanted by ${nameOfUrn(urn)} and by ${nameOfUrn(other)}: a mailbox has one holder. Take one of them out`;
}

export function heldTwice(urn: string, other: string): Fault {
  return new Fault({
    kind: "invalid-input",
    what: `${nameOfUrn(urn)} and ${nameOfUrn(other)} are one and the same mailbox`,
    hint: "A mailbox has one holder: take one of them out of the program.",
  });
}

/** Claims the row for this resource, also where what follows fails. */
export function claim(row: MailboxRow, { roster, urn }: Context): void {
  const other = roster.mailboxes.claim(row.mailboxid, urn);
  if (other) throw heldTwice(urn, other);
}

/** What keeps all that is known of a mailbox of a fleet, when its address has changed. */
function renamedInFleet(holder: string): string {
  const [, former] = /Fleet\$gmailsync:index:Mailbox::([^/]+)/.exec(holder) ?? [];
  return former === undefined
    ? ""
    : `, and tested anew; with \`was: ${former}\` at its entry it stays the same one of the fleet`;
}

/** Who has the mailbox now, before it is adopted: another resource of the stack, or somebody else's Gmail profile. */
export async function tellHolder(row: MailboxRow, profileId: string | undefined, context: Context): Promise<void> {
  const { roster, urn, dataverse, deadline } = context;
  const holder = roster.mailboxes.storedBy(row.mailboxid, urn);
  if (holder) {
    context.log(
      "info",
      `Mailbox ${row.emailaddress} is held by ${nameOfUrn(holder)} in this stack's state; it is taken over if that one is no longer declared${renamedInFleet(holder)}.`,
    );
    return;
  }
  const { _emailserverprofile_value: current } = row;
  if (current === null || sameText(current, profileId) || roster.knows(current)) return;
  const profile = await dataverse.observe("emailserverprofiles", current, deadline);
  if (!profile || !isGmail(profile)) return;
  const good = directionsOf(row).every((direction) => statusOf(row, direction) === STATUS.success);
  const moment = testedOn(row);
  context.log(
    "warning",
    `Mailbox ${row.emailaddress} works under another Gmail profile, ${quoted(profile.name)} (${current}), which is not of this stack${moment ? `; it was tested last on ${moment}, ${good ? "with success" : "without success"}` : ""}. It will be taken from whoever looks after it there.`,
  );
}
