import type { Assumption } from "./assumption.ts";

const MAILBOX = "https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/mailbox";
const ORGANIZATION = "https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/organization";
const CODES = "https://learn.microsoft.com/power-apps/developer/data-platform/reference/web-service-error-codes";
const PRIVILEGES_BY_NAMES =
  "https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/retrieveusersetofprivilegesbynames";
const APPLICATION_USERS = "https://learn.microsoft.com/power-platform/admin/manage-application-users";
const APPROVAL = "https://learn.microsoft.com/power-platform/admin/connect-exchange-online";
const ADDRESSES = "https://learn.microsoft.com/power-platform/admin/create-forward-mailboxes-edit-mailboxes";
const TOKENS = "https://learn.microsoft.com/entra/identity-platform/access-tokens";

export const MAILBOXES: readonly Assumption[] = [
  {
    id: "new-mailbox-methods",
    what: "The mailbox of a new user or queue has no delivery methods, and so no default profile either.",
    why: "`organization.defaultemailsettings` decides it, an XML whose elements are not documented.",
    page: ORGANIZATION,
    matters: "What a `Mailbox` finds when it adopts a new mailbox, and puts back when it is destroyed.",
    see: "`GET organizations?$select=defaultemailsettings`, make a queue, and `GET queues(<queueid>)?$expand=defaultmailbox($select=incomingemaildeliverymethod,outgoingemaildeliverymethod,_emailserverprofile_value)`.",
  },
  {
    id: "rule-triggers",
    what: "The business rules of mailboxes and profiles answer with HTTP 400, the refused approval (0x8009000b) with 403, and are broken by the values that their texts name; the first broken rule is told.",
    why: "The list of codes has number, name and text, but neither the HTTP status nor what exactly breaks a rule.",
    page: CODES,
    matters:
      "gmailsync goes by the code. A rule that is broken by less than here would show at the first deployment to a real environment.",
    see: "On a trial environment `POST emailserverprofiles` with `incomingusessl` false, with `servertype` 4 and no `incomingportnumber`, and so on for each code of the list.",
  },
  {
    id: "outgoing-settings",
    what: "With `usesamesettingsforoutgoingconnections` true, 0x8005e238 refuses outgoing location, port and credential retrieval that are not those of incoming mail.",
    why: 'The code\'s text says "different outgoing connection settings" and not which columns are meant.',
    page: CODES,
    matters: "An `EmailServerProfile` always writes `false`. Only a profile that others have made can meet the rule.",
    see: "PATCH a Gmail profile with `usesamesettingsforoutgoingconnections` true and one outgoing column that differs.",
  },
  {
    id: "appointments-default",
    what: "Under a Gmail profile 0x8005e247 refuses server-side synchronization (1) of appointments, contacts and tasks, and lets the default, Outlook (0), pass.",
    why: "The code's text forbids synchronization and then asks for None (2); whether Outlook is refused as well is not said.",
    page: CODES,
    matters: "A `Mailbox` sets None by default. Who sets `appointmentsContactsAndTasks` otherwise may be refused.",
    see: "PATCH a mailbox with `actdeliverymethod` 0 and `emailserverprofile@odata.bind` of a Gmail profile.",
  },
  {
    id: "changed-configuration",
    what: "Another profile or delivery method takes back the status of the direction (0, not run) and its `enabledfor…email`.",
    why: "The columns are described as tied to Test & Enable; what a later change does to them is not said.",
    page: MAILBOX,
    matters:
      "Whether a changed mailbox is tested again because it shows so, or only because its configuration was changed. A `MailboxActivation` does not trust a status alone.",
    see: "Take a tested mailbox, PATCH its profile, and `GET mailboxes(<mailboxid>)?$select=incomingemailstatus,enabledforincomingemail,outgoingemailstatus,enabledforoutgoingemail`.",
  },
  {
    id: "readdressed-mailbox",
    what: "A user or queue with a new address keeps its mailbox: the approval is pending again where addresses have to be approved, what was tested is taken back, and the token of its user stays.",
    why: "Microsoft says that the mailbox follows the user's address, and nothing about approval, statuses and tokens.",
    page: ADDRESSES,
    matters:
      "What the next preview shows after a change of address: approval and test to be done again, the sign-in not.",
    see: "PATCH `systemusers(<systemuserid>)` with another `internalemailaddress`, and `GET mailboxes(<mailboxid>)?$select=emailaddress,emailrouteraccessapproval,incomingemailstatus,isoauthrefreshtokenset`.",
  },
  {
    id: "owner-enabled-again",
    what: "The mailbox of a disabled user or queue is inactive. It becomes active again with its owner, and works only after another test.",
    why: "That a disabled owner's mailbox cannot be activated follows from 0x8005e230; what enabling the owner brings back is not said.",
    page: CODES,
    matters: "Whether `pulumi up` has to activate the mailbox of a user who has come back.",
    see: "PATCH `systemusers(<systemuserid>)` with `isdisabled` true, then false, and after each `GET mailboxes(<mailboxid>)?$select=statecode,enabledforincomingemail`.",
  },
  {
    id: "owned-mailbox-refusal",
    what: "A mailbox that is to be created for a user or queue is refused with 0x8005e207, before any other fault of the payload.",
    why: "The code fits, but the link is not creatable by its flag either; which of the two refusals comes first is not said.",
    page: MAILBOX,
    matters: "Only the words of the error: gmailsync never creates the mailbox of a user or queue.",
    see: "`POST mailboxes` with `name` and `regardingobjectid@odata.bind` of a user, once alone and once with an unknown property.",
  },
  {
    id: "approval-depths",
    what: "`prvApproveRejectEmailAddress` can be held at every depth.",
    why: "The privilege is listed without its depths.",
    page: APPROVAL,
    matters: "At which depth the security role of the application user shows the privilege in its editor.",
    see: "`GET privileges?$filter=name eq 'prvApproveRejectEmailAddress'&$select=canbebasic,canbelocal,canbedeep,canbeglobal`.",
  },
  {
    id: "privileges-by-names",
    what: "`RetrieveUserSetOfPrivilegesByNames` needs the right to read the user, answers each privilege once with its greatest depth, and leaves out names that are not held or are no privilege's.",
    why: "The function is listed with its parameters; what it needs, and how it answers for several roles and unknown names, is not said.",
    page: PRIVILEGES_BY_NAMES,
    matters:
      "What `gmailsync preflight` says of a privilege. It takes the greatest depth of several, and a name that is absent for one that is not held.",
    see: '`GET systemusers(<systemuserid>)/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)?@p=["prvReadMailbox","prvNoSuchThing"]`, with two roles of different depth, and as a user without prvReadUser.',
  },
  {
    id: "approval-without-privilege",
    what: "An approval without `prvApproveRejectEmailAddress` is refused with 403 and 0x80040220; with `set behaviour dataverse approval=silentWithoutPrivilege` it is accepted and does nothing.",
    why: "The privilege is documented; approvals by applications that were accepted without effect are reported, and their reason is not known.",
    page: APPROVAL,
    matters:
      "Whether a missing privilege shows as a refusal or as an approval that is still pending. gmailsync reads it back and tells both.",
    see: "PATCH `mailboxes(<mailboxid>)` with `emailrouteraccessapproval` 1 as an application user whose role lacks the privilege, and read it back.",
  },
  {
    id: "admission-refusals",
    what: "A disabled application user is refused with 403 and 0x80040225, one without any role with 403 and 0x80042f09, before anything else is looked at, `WhoAmI` too.",
    why: "Names and texts of the codes are listed, their HTTP status is not, nor whether `WhoAmI` needs a role.",
    page: CODES,
    matters: "Which hint the first command against a new environment gives. gmailsync goes by the code.",
    see: "`GET WhoAmI` as an application user without roles, then as one that is disabled.",
  },
  {
    id: "tokens-of-removed-application",
    what: "When an application is removed, the access tokens that it was given end at once.",
    why: "Entra's access tokens are good until they expire unless the service evaluates continuously; whether Dataverse does for applications is not said.",
    page: TOKENS,
    matters: "How long a removed application can still write: here not at all, really perhaps for an hour.",
    see: "Get a token for the application, delete the application in Entra, and `GET WhoAmI` with the token each minute.",
  },
  {
    id: "users-not-deleted",
    what: "Users cannot be deleted by request.",
    why: "Microsoft describes how disabled application users are deleted in the admin centre; what a request to delete a user needs is not said. A public tool takes the roles, disables and then deletes, which is refused (0x80048359) while Entra still has the user.",
    page: APPLICATION_USERS,
    matters:
      "Nothing gmailsync does: it never deletes a user. A clean-up script that does cannot be tried in the sandbox.",
    see: "`DELETE systemusers(<systemuserid>)` of a disabled application user on a trial environment.",
  },
];
