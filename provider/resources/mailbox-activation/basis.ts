import type { EmailServerProfileRow, MailboxRow } from "../../dataverse/tables.ts";
import type { Context } from "../../resource/context.ts";
import { connectionColumns } from "../email-server-profile/columns.ts";
import { digest, mailboxBasis } from "../mailbox/basis.ts";
import type { MailboxActivationOutputs } from "./definition.ts";

export type TestBasis = NonNullable<MailboxActivationOutputs["basis"]>;

/** What a test of the mailbox would be about now. */
export function basisOf(row: MailboxRow, profile: EmailServerProfileRow, { roster }: Context): TestBasis {
  const revision = roster.revisions.get(profile.emailserverprofileid);
  return {
    profileId: profile.emailserverprofileid,
    profile: digest(connectionColumns.map((column) => profile[column])),
    mailbox: mailboxBasis(row),
    ...(revision && { revision }),
  };
}

/** What has changed in Dataverse since, in words. */
export function changedSince(before: TestBasis, now: TestBasis): string | undefined {
  if (before.mailbox !== now.mailbox) return "the mailbox";
  return before.profile !== now.profile ? "its email server profile" : undefined;
}

/**
 * Whether this run makes the mailbox another one than was tested, or writes the profile anew, as another run before it may have done: the
 * client secret shows only there.
 */
export function isRewritten(
  { profileId, revision, mailbox }: TestBasis,
  mailboxId: string | undefined,
  { roster }: Pick<Context, "roster">,
): boolean {
  const profileNow = roster.revisions.get(profileId);
  const mailboxNow = roster.mailboxBases.get(mailboxId?.toLowerCase() ?? "");
  return (profileNow !== undefined && profileNow !== revision) || (mailboxNow !== undefined && mailboxNow !== mailbox);
}

/** Of a test which may have been about another secret: whatever revision the profile has, it is another one. */
export function withoutRevision({ revision: _, ...seen }: TestBasis): TestBasis {
  return seen;
}
