import type { Assumption } from "./assumption.ts";

const GMAIL_ARTICLE = "https://learn.microsoft.com/power-platform/admin/connect-gmail-oauth2";
const IMAP_ARTICLE = "https://learn.microsoft.com/power-platform/admin/connect-to-imap-servers";
const MAILBOX = "https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/mailbox";
const PROFILE = "https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/emailserverprofile";
const TRACELOG = "https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/tracelog";
const CODES = "https://learn.microsoft.com/power-apps/developer/data-platform/reference/web-service-error-codes";

export const TEST_AND_ENABLE: readonly Assumption[] = [
  {
    id: "test-order-of-checks",
    what: "A test looks at the mailbox's state, its address, its profile and its approval, in this order, and only then tries to log in; the first that fails is the only one told.",
    why: "Microsoft says what has to be in place, not in which order the test looks, nor whether it tells one reason or all.",
    page: IMAP_ARTICLE,
    matters:
      "Which alert a mailbox with two faults shows. `MailboxActivation` looks at all of them itself before it asks for a test.",
    see: "Take a mailbox that is not approved and whose profile is inactive, PATCH `testemailconfigurationscheduled` to true, and read the texts in `GET tracelogs?$filter=_regardingobjectid_value eq <mailboxid>`.",
  },
  {
    id: "test-moment-on-failure",
    what: "`testmailboxaccesscompletedon` moves when a test ends, also when it has failed; until then the row shows the statuses of the test before.",
    why: 'The column is described as "when the last email configuration test was completed"; whether a failure counts is not said, nor what the statuses show meanwhile.',
    page: MAILBOX,
    matters:
      "The end of a test is told by this moment and the flag. Did it stay, a failure would be believed only after it has stood for three looks, and success after a failure needs the moment in any case.",
    see: "Revoke the mailbox's grant at Google, test it, and compare `GET mailboxes(<mailboxid>)?$select=testmailboxaccesscompletedon,testemailconfigurationscheduled,incomingemailstatus,outgoingemailstatus` before, during and after.",
  },
  {
    id: "test-alerts",
    what: "A test writes an alert for each direction, also on success; its `tracecode` is made up, its text follows Microsoft's articles where they have one, the error code stands in `errortypedisplay`. A client that Google refuses is told in the text for credentials of the profile, a host or port without a server as HostNotFound.",
    why: "No list of `tracecode` and no alert of a Gmail mailbox with OAuth is published; where the mail server's words are kept is only known for SMTP with a password.",
    page: TRACELOG,
    matters:
      "Which code a failed activation gets. `tracecode` is reported and never interpreted; the error code is looked for in the text, too, and what fits nothing is quoted as unclassified.",
    see: "Let tests fail for lost consent, a wrong client secret and IMAP switched off, and after each read `GET tracelogs?$filter=_regardingobjectid_value eq <mailboxid>&$orderby=modifiedon desc&$select=level,text,tracecode,errortypedisplay,errordetails`.",
  },
  {
    id: "alert-details",
    what: "What Google or Gmail has said stands in `errordetails`, after the name of a .NET exception and without the codes in brackets of IMAP.",
    why: "It is known for SMTP with a password only, whose client is MailKit; that MailKit logs in by IMAP too, and that answers of Google's token endpoint get there, is our reading.",
    page: "https://learn.microsoft.com/troubleshoot/power-platform/dataverse/email-exchange-synchronization/outgoingemailauthenticationerror-shows-in-mailbox-alert",
    matters:
      "Whether an ended consent, a wrong secret and IMAP switched off get codes of their own, or all `CREDENTIALS`, which says what they have in common.",
    see: "As above: compare `errordetails` for the three.",
  },
  {
    id: "test-attempt-moment",
    what: "`testandenablelastattemptedon` moves when a test begins, not when it is asked for.",
    why: 'The column is described as "the date and time of the last test and enable attempt".',
    page: MAILBOX,
    matters:
      "A test that did not end in time is `NOT_STARTED` where the moment has not moved since the last test ended, else `NOT_FINISHED`.",
    see: "In an environment in administration mode without background operations, PATCH `testemailconfigurationscheduled` to true, if it lets you, and read `GET mailboxes(<mailboxid>)?$select=testandenablelastattemptedon`.",
  },
  {
    id: "alert-repeats",
    what: "An alert that says the same of the same mailbox again (level, code, text) is no new row: `modifiedon` and the details of the old one move, `createdon` stays.",
    why: '`modifiedon` is described as "Time the error is updated and logged for the same regarding object"; whether a repeat updates a row or adds one is not said, nor what makes it the same.',
    page: TRACELOG,
    matters:
      "Which alerts an activation takes for those of its own test. It looks at `modifiedon`, which is right for new rows, too.",
    see: "Switch IMAP off, let the test fail twice, and count the rows of `GET tracelogs?$filter=_regardingobjectid_value eq <mailboxid>&$select=text,createdon,modifiedon`.",
  },
  {
    id: "test-gmail-oauth-only",
    what: "A direction whose credential retrieval is not Gmail OAuth (5) fails the test by its credentials, though the mailbox holds a token.",
    why: "The option is listed with its label only; that a token is used for nothing else is our reading.",
    page: PROFILE,
    matters: "A profile that somebody has switched to passwords is shown as failed, not as working by the old token.",
    see: "Set `outgoingcredentialretrieval` of the profile to 0, test a mailbox that is signed in, and read its `outgoingemailstatus` and alert.",
  },
  {
    id: "test-hanging-google",
    what: "When Google's token endpoint hangs or breaks off, Dynamics gives up, and the test fails with an alert that says so.",
    why: "No time-out of Dynamics towards Google is documented, nor whether such a test fails or is tried again later.",
    page: IMAP_ARTICLE,
    matters:
      "Whether an outage at Google ends an activation as `TEST_FAILED` at once, or as `NOT_FINISHED` when its time is over.",
    see: "It cannot be brought about on purpose. In an outage of Google watch `testemailconfigurationretrycount` and `postponetestemailconfigurationuntil` of a mailbox under test.",
  },
  {
    id: "test-locks-columns",
    what: "While a test is pending, 0x8005e248 refuses a save that names the profile, a delivery method, the approval, the state or `processanddeleteemails`; other columns can be saved.",
    why: 'The code\'s text asks to "save after completion of test" and does not say which columns it is about.',
    page: CODES,
    matters:
      "A `Mailbox` that is changed while its test runs waits and tries again on this code; with more columns locked it waits more often.",
    see: "PATCH `testemailconfigurationscheduled` to true, and within the next seconds PATCH one column at a time: `name`, `actdeliverymethod`, `emailserverprofile@odata.bind`.",
  },
  {
    id: "token-expiry",
    what: "A sign-in writes `oauthtokenexpireson` of the mailbox anew: the end of the access token that came with it, an hour later, and nothing else does. A profile with another OAuth client, or another client at the profile, leaves the mailbox's tokens as they are.",
    why: "The column is described as the time when the access token expires, and no document says what a change of the client does to tokens.",
    page: "https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/mailbox",
    matters:
      "A user whose mailbox has come to another client is asked to sign in again until the column has another value; where it has none, the test decides. What alerts older than the token say of a consent, `gmailsync signin` takes for mended. Were the tokens taken away, `NOT_SIGNED_IN` would say the same.",
    see: "Note `isoauthrefreshtokenset` and `oauthtokenexpireson` of a mailbox that is signed in, give it a profile of another OAuth client, read both again, sign in again, and read them once more.",
  },
  {
    id: "sign-in-pages",
    what: "The mailbox's form is a page with a link, `state` of the request carries the mailbox's id, and the page of the redirect URI exchanges the code and keeps the refresh token on the mailbox. Everybody is signed in to Dynamics.",
    why: "Microsoft names the redirect URI and says who signs in; pages, `state` and the exchange of the code are not described.",
    page: GMAIL_ARTICLE,
    matters:
      "Nothing gmailsync does depends on the pages: it reads `isoauthrefreshtokenset`. A sign-in that was tried in the sandbox looks different in Dynamics.",
    see: "Open the mailbox's form in Dynamics with the browser's network view, choose \"Sign in to Gmail\", and follow the requests to Google and back.",
  },
];
