import type { Facts } from "../../codes/codes.ts";
import type { EmailServerProfileRow, MailboxRow } from "../../dataverse/tables.ts";
import { clientFacts, projectNumberOf } from "../../google/console.ts";
import type { Context } from "../../resource/context.ts";
import { mailboxUrl } from "../mailbox/find.ts";

/** What hints name of a mailbox and its profile. A project can be named by its number, too. */
export function factsOf(
  row: MailboxRow,
  profile: EmailServerProfileRow | undefined,
  { environmentUrl }: Pick<Context, "environmentUrl">,
): Facts {
  const clientId = profile?.oauthclientid;
  return {
    mailboxUrl: mailboxUrl(environmentUrl, row.mailboxid),
    ...(clientId && clientFacts(projectNumberOf(clientId), clientId)),
  };
}
