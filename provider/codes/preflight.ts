import { rows } from "./row.ts";

const ADMIN_CENTRE = "Power Platform admin center > the environment > Settings > Users + permissions";
const ENVIRONMENTS = "https://admin.powerplatform.microsoft.com/manage/environments";

/** What `gmailsync preflight` finds before anything is deployed. */
export const preflight = rows({
  PULUMI_OLD: {
    class: "configuration",
    seen: "preflight",
    words: "The Pulumi CLI on PATH is older than what drift on a plain preview needs",
    hint: "Install a newer one: https://www.pulumi.com/docs/install/",
  },
  PULUMI_MISSING: {
    class: "told",
    seen: "preflight",
    words: "no Pulumi CLI on PATH",
    hint: "Put it on PATH for the job that deploys: https://www.pulumi.com/docs/install/",
  },
  CLOCK_WRONG: {
    class: "configuration",
    seen: "preflight",
    words: "This machine's clock differs from that of the servers, so that tokens are refused",
    hint: "Let the machine take its time from a time server (NTP).",
  },
  IDENTITY_REFUSED: {
    class: "authentication",
    seen: "preflight",
    words: "Microsoft Entra gives the application no token for the environment",
    hint: "Look at the app registration, its secrets and federated credentials: https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
  },
  ENVIRONMENT_OTHER: {
    class: "configuration",
    seen: "preflight",
    words: "What is declared is meant for another environment than the settings lead to",
    hint: "Correct environmentUrl in the file, or GMAILSYNC_ENVIRONMENT_URL.",
  },
  ENVIRONMENT_REFUSED: {
    class: "configuration",
    seen: "preflight",
    words: "The environment does not let the application in",
    hint: `What Dataverse said tells why; look at the environment at ${ENVIRONMENTS}, and at ${ADMIN_CENTRE} > Application users.`,
    page: ENVIRONMENTS,
  },
  NO_APPLICATION_USER: {
    class: "configuration",
    seen: "preflight",
    words: "The environment has no application user for the application",
    hint: `Add the app registration at ${ADMIN_CENTRE} > Application users, and give it a security role: https://learn.microsoft.com/power-platform/admin/manage-application-users`,
    page: "https://learn.microsoft.com/power-platform/admin/manage-application-users",
  },
  APPLICATION_USER_DISABLED: {
    class: "configuration",
    seen: "preflight",
    words: "The application user is disabled",
    hint: `Enable it: ${ADMIN_CENTRE} > Application users > Activate.`,
  },
  NO_ROLE: {
    class: "configuration",
    seen: "preflight",
    words: "The application user has no security role",
    hint: `Give it one with the privileges that docs/how-to/set-up.md lists: ${ADMIN_CENTRE} > Application users > Edit security roles.`,
  },
  PRIVILEGE_MISSING: {
    class: "configuration",
    seen: "preflight",
    words: "The application user does not hold a privilege that is needed",
    hint: `Add it to a security role of the application user: ${ADMIN_CENTRE} > Security roles.`,
  },
  PRIVILEGE_DEPTH: {
    class: "configuration",
    seen: "preflight",
    words: "The application user holds a privilege that does not reach far enough",
    hint: `Set its access level in the security role to Organization: ${ADMIN_CENTRE} > Security roles.`,
  },
  PRIVILEGE_REACH: {
    class: "unproven",
    seen: "preflight",
    words: "A privilege reaches the rows of business units only, and it is not known whether all mailboxes are there",
    hint: "Name a mailboxes.yaml or a stack, whose mailboxes are then looked up; or set the access level to Organization.",
  },
  COLUMN_MISSING: {
    class: "configuration",
    seen: "preflight",
    words: "The environment lacks columns that are read",
    hint: `Update the environment to a current version of Dynamics 365 apps: ${ENVIRONMENTS} > Resources > Dynamics 365 apps.`,
  },
  ALERTS_OFF: {
    class: "told",
    seen: "preflight",
    words: "the organisation writes no alerts for errors, so that a failed test says nothing of its cause",
    hint: `Switch alerts for errors on: ${ENVIRONMENTS} > Settings > Email > Email settings > Alerts.`,
  },
  GOOGLE_IDENTITY: {
    class: "authentication",
    seen: "preflight",
    words: "The Google credentials of this environment give no token",
    hint: "In a pipeline use workload identity federation, or name a credentials file in GOOGLE_APPLICATION_CREDENTIALS.",
  },
  DELEGATION_MISSING: {
    class: "configuration",
    seen: "preflight",
    words: "The service account lacks domain-wide delegation for a scope",
    hint: "A Workspace administrator grants it: https://admin.google.com/ac/owl/domainwidedelegation",
    page: "https://admin.google.com/ac/owl/domainwidedelegation",
  },
  API_DISABLED: {
    class: "configuration",
    seen: "preflight",
    words: "An API of Google is not enabled in the project",
    hint: "`pulumi up` enables it where a GoogleProject declares it; else enable it in the console: https://console.cloud.google.com/apis/library",
  },
  PLACES_MISSING: {
    class: "configuration",
    seen: "preflight",
    words: "Not every mailbox has a client, or there is no room for it",
    hint: "`gmailsync lock mailboxes.yaml` gives each mailbox a client, and says how many projects are missing.",
  },
  NOT_SEEN: {
    class: "unproven",
    seen: "preflight",
    words: "It could not be looked at",
    hint: "What the other side said tells why; run it again once that is mended.",
  },
  ASSUMPTION_DIFFERENT: {
    class: "unproven",
    seen: "preflight",
    words: "A real environment does otherwise than the sandbox assumes",
    hint: "Please open an issue with the line: it holds no name and no address. docs/assumptions.md says where it matters.",
  },
  ASSUMPTION_HIDDEN: {
    class: "told",
    seen: "preflight",
    words: "not visible from outside",
    hint: "docs/assumptions.md says how to see it, on a trial environment.",
  },
  HIDDEN: {
    class: "told",
    seen: "preflight",
    words: "not visible from here",
    hint: "Look at the page that the message names.",
  },
  NOT_NEEDED: {
    class: "told",
    seen: "preflight",
    words: "nothing that is declared needs it",
    hint: "It is looked at as soon as something does.",
  },
  NOT_DECLARED: {
    class: "told",
    seen: "preflight",
    words: "not looked at, because no file or stack was named that declares it",
    hint: "Name a mailboxes.yaml, or give what `pulumi stack export` writes.",
  },
});
