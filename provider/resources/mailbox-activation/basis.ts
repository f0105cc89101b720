import { createHash } from "node:crypto";
import type { EmailServerProfileRow, MailboxRow } from "../../dataverse/tables.ts";
import type { Context } from "../../resource/context.ts";
import { connectionColumns } from "../email-server-profile/columns.ts";
import type { MailboxActivationOutputs } from "./definition.ts";

export type TestBasis = NonNullable<MailboxActivationOutputs["basis"]>;

const mailboxColumns = [
  "emailaddress",
  "_emailserverprofile_value",
  "incomingemaildeliverymethod",
  "outgoingemaildeliverymethod",
] as const;

/** What a test of the mailbox would be about now. */
export function basisOf(row: MailboxRow, profile: EmailServerProfileRow, { roster }: Context): TestBasis {
  const revision = roster.revisions.get(profile.emailserverprofileid);
  return {
    profileId: profile.emailserverprofileid,
    profile: digest(connectionColumns.map((column) => profile[column])),
    mailbox: digest(mailboxColumns.map((column) => row[column])),
    ...(revision && { revision }),
  };
}

/** What has changed in Dataverse since, in words. */
export function changedSince(before: TestBasis, now: TestBasis): string | undefined {
  if (before.mailbox !== now.mailbox) return "the mailbox";
  return before.profile !== now.profile ? "its email server profile" : undefined;
}

/** Whether this run writes, or another before it has written, the profile anew: the client secret shows only there. */
export function isRewritten({ profileId, revision }: TestBasis, { roster }: Pick<Context, "roster">): boolean {
  const now = roster.revisions.get(profileId);
  return now !== undefined && now !== revision;
}

function digest(cells: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(cells)).digest("hex").slice(0, 16);
}
