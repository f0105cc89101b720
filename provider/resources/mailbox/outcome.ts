import type { MailboxRow } from "../../dataverse/tables.ts";
import type { Problem } from "../../fault.ts";
import { maskData } from "../../redaction/secrets.ts";
import type { Context } from "../../resource/context.ts";
import type { Outcome } from "../../resource/resource.ts";
import { APPROVED } from "./columns.ts";
import type { MailboxInputs, MailboxOutputs, MailboxSettings } from "./definition.ts";
import { kindOf, mailboxUrl } from "./find.ts";

type Inputs = MailboxInputs;
type Outputs = MailboxOutputs;

/** What the state keeps of the settings, for the way back. */
export interface Kept {
  /** How they were; undefined where that is not known. */
  readonly original: MailboxSettings | undefined;
  /** What this resource has set. */
  readonly applied: MailboxSettings;
  /** What it had set before its last write, while nobody has seen whether that was carried out. */
  readonly previously?: MailboxSettings;
}

/**
 * An approval is read back, because the service has been seen to accept it and approve nothing (reported for
 * applications that run without a user). `approved: false` asks for nothing, so nothing can be missing.
 */
export function outcome(
  row: MailboxRow,
  { approved }: Partial<Inputs>,
  { original, applied, previously = {} }: Kept,
  context: Context,
  problems: readonly Problem[] = [],
): Outcome<Outputs> {
  return {
    id: row.mailboxid,
    outputs: {
      ...identity(row, context),
      ...(original && { original }),
      applied,
      ...(Object.keys(previously).length > 0 && { previously }),
    },
    problems: [
      ...problems,
      ...(approved && row.emailrouteraccessapproval !== APPROVED
        ? [
            `Approving the address of mailbox ${row.emailaddress ?? row.mailboxid} had no effect: Dataverse accepted it and the mailbox is still not approved. Give the application user's security role the privilege prvApproveRejectEmailAddress (Approve Email Addresses for Users or Queues), or approve the mailbox by hand at ${mailboxUrl(context.environmentUrl, row.mailboxid)}, then run \`pulumi up\` again.`,
          ]
        : []),
    ],
  };
}

export function addressOf(row: MailboxRow, { emailAddress = "" }: Partial<Inputs>): string {
  return row.emailaddress ?? emailAddress;
}

export function identity(row: MailboxRow, { environmentUrl }: Context): Omit<Outputs, keyof Kept> {
  return {
    mailboxId: row.mailboxid,
    name: maskData(row.name ?? ""),
    kind: kindOf(row),
    webUrl: mailboxUrl(environmentUrl, row.mailboxid),
  };
}
