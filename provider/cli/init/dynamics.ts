import type { MailboxRow } from "../../dataverse/tables.ts";
import type { Services } from "../../host/configuration.ts";
import type { Deadline } from "../../network/deadline.ts";
import { isGmail } from "../../resources/email-server-profile/columns.ts";
import { kindOf } from "../../resources/mailbox/find.ts";
import type { Candidate, Reason } from "./candidate.ts";

/** Users and queues of the environment, by address. Nothing is changed. */
export async function candidatesOf({ dataverse }: Services, deadline: Deadline): Promise<readonly Candidate[]> {
  const [profiles, users] = await Promise.all([
    dataverse.list("emailserverprofiles", "", {}, deadline),
    dataverse.list("systemusers", "isdisabled eq true", {}, deadline),
  ]);
  const gmail = new Set(profiles.filter(isGmail).map(({ emailserverprofileid }) => emailserverprofileid));
  const disabled = new Set(users.map(({ systemuserid }) => systemuserid));
  const reasonOf = (row: MailboxRow): Reason | undefined => {
    if (disabled.has(row._regardingobjectid_value ?? "") || row.statecode !== 0) return "disabled";
    return gmail.has(row._emailserverprofile_value ?? "") ? "setUp" : undefined;
  };
  const candidates: Candidate[] = [];
  for await (const rows of dataverse.pages("mailboxes", "", deadline)) {
    for (const row of rows) {
      const kind = kindOf(row);
      if (kind === "forward") continue;
      candidates.push({
        address: row.emailaddress ?? "",
        name: row.emailaddress ?? row.name ?? "",
        kind,
        not: reasonOf(row),
      });
    }
  }
  // Users before queues, as what has no kind is a user's.
  return candidates.toSorted(
    (one, other) => one.address.localeCompare(other.address, "en") || (one.kind === "queue" ? 1 : -1),
  );
}
