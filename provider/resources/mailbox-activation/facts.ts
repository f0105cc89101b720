import type { Facts } from "../../codes/codes.ts";
import type { EmailServerProfileRow, MailboxRow } from "../../dataverse/tables.ts";
import { clientFacts, projectNumberOf } from "../../google/console.ts";
import type { Context } from "../../resource/context.ts";
import { CLIENT_ID } from "../../schema/forms.ts";
import { mailboxUrl } from "../mailbox/find.ts";

/** What else an administrator has set is no part of a link. */
const CLIENT_ID_FORM = new RegExp(CLIENT_ID.pattern);

/** What hints name of a mailbox and its profile. A project can be named by its number, too. */
export function factsOf(
  row: MailboxRow,
  profile: EmailServerProfileRow | undefined,
  { environmentUrl }: Pick<Context, "environmentUrl">,
): Facts {
  const clientId = profile?.oauthclientid;
  return {
    mailboxUrl: mailboxUrl(environmentUrl, row.mailboxid),
    ...(clientId && CLIENT_ID_FORM.test(clientId) && clientFacts(projectNumberOf(clientId), clientId)),
  };
}
