import type { EmailServerProfileRow, MailboxRow } from "../../dataverse/tables.ts";
import { CLIENT_HINTS, projectNumberOf } from "../../google/console.ts";
import { sameText } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import type { Step } from "../../schema/step.ts";
import { isGmail } from "../email-server-profile/columns.ts";
import { ACT_NONE, APPROVED } from "../mailbox/columns.ts";
import { kindOf, mailboxUrl } from "../mailbox/find.ts";
import { directionsOf } from "./status.ts";

export interface Readiness {
  readonly steps: readonly Step[];
  /** The mailbox's profile; undefined where it has none. */
  readonly profile: EmailServerProfileRow | undefined;
}

/** What one look found. Without anything wrong it is `ok`. */
type Finding = Pick<Step, "code" | "message" | "hint"> & { readonly status?: Step["status"] };
type Wrong = Required<Pick<Step, "code" | "message" | "hint">>;

const wrong = (finding: Wrong): Finding => ({ status: "failed", ...finding });

/**
 * What has to be right before the service is asked to test: a permanent error there disables the mailbox at once.
 * Nothing more is looked at after the first failure.
 */
export async function preconditions(
  row: MailboxRow,
  profileId: string | undefined,
  context: Context,
): Promise<Readiness> {
  const { dataverse, deadline } = context;
  const profile = row._emailserverprofile_value
    ? await dataverse.retrieve("emailserverprofiles", row._emailserverprofile_value, deadline)
    : undefined;
  const looks: readonly { id: string; label: string; look: () => Finding | Promise<Finding> }[] = [
    { id: "profile", label: "email server profile", look: () => profileFinding(row, profile, profileId) },
    { id: "oauthClient", label: "Google OAuth client", look: () => clientFinding(profile, context) },
    { id: "mailbox", label: "mailbox", look: () => mailboxFinding(row) },
    { id: "approval", label: "approval", look: () => approvalFinding(row, context) },
    { id: "signIn", label: "sign-in to Gmail", look: () => signInFinding(row, context) },
  ];
  const steps: Step[] = [];
  for (const { id, label, look } of looks) {
    const failed = steps.some(({ status }) => status === "failed");
    steps.push({ id, label, ...(failed ? { status: "skipped" } : { status: "ok", ...(await look()) }) });
  }
  return { steps, profile };
}

function profileFinding(
  { emailaddress: address }: MailboxRow,
  profile: EmailServerProfileRow | undefined,
  profileId: string | undefined,
): Finding {
  if (profile === undefined) {
    return wrong({
      code: "PROFILE_MISSING",
      message: `mailbox ${address} has no email server profile`,
      hint: "Assign one with a Mailbox resource; a declared one is set right by `pulumi up`.",
    });
  }
  if (profileId !== undefined && !sameText(profile.emailserverprofileid, profileId)) {
    return wrong({
      code: "PROFILE_OTHER",
      message: `mailbox ${address} has the profile "${profile.name}" (${profile.emailserverprofileid}), not ${profileId}`,
      hint: "Declare the mailbox with this profile in a Mailbox resource, and pass its profileId.",
    });
  }
  if (profile.statecode !== 0) {
    return wrong({
      code: "PROFILE_INACTIVE",
      message: `the profile "${profile.name}" is inactive`,
      hint: "Activate it, or declare it with an EmailServerProfile resource.",
    });
  }
  if (!isGmail(profile)) {
    return wrong({
      code: "PROFILE_NOT_GMAIL",
      message: `the profile "${profile.name}" is not one for Gmail by OAuth 2.0`,
      hint: "Give the mailbox a profile that an EmailServerProfile resource has made, or declare this one with it.",
    });
  }
  return {};
}

/** The profile's client by its id alone: Dataverse never gives the secret back, which Test & Enable proves. */
async function clientFinding(profile: EmailServerProfileRow | undefined, context: Context): Promise<Finding> {
  const { oauthclientid: clientId, isoauthclientsecretset: hasSecret, name } = profile ?? {};
  if (!clientId || !hasSecret) {
    return wrong({
      code: "OAUTH_CLIENT_MISSING",
      message: `the profile "${name}" has no OAuth client ${clientId ? "secret" : "id"}`,
      hint: "Declare the profile with an EmailServerProfile resource; a declared one is set right by `pulumi up`.",
    });
  }
  const probe = await context.oauthClients.look(clientId, context.deadline);
  switch (probe.status) {
    case "ok":
      return { message: `Google knows ${clientId}; its secret in Dynamics is proven by the test only` };
    case "unknown":
      return {
        status: "unknown",
        code: "UNPROVEN",
        message: `Google could not be asked about ${clientId}: ${probe.said}`,
      };
    case "failed":
      return wrong({
        code: probe.code,
        message: `Google refuses the OAuth client ${clientId} of the profile "${name}": ${probe.said}`,
        hint: CLIENT_HINTS[probe.code](projectNumberOf(clientId), clientId),
      });
  }
}

function mailboxFinding(row: MailboxRow): Finding {
  const address = row.emailaddress;
  if (row.statecode !== 0) {
    return wrong({
      code: "MAILBOX_INACTIVE",
      message: `mailbox ${address} is inactive`,
      hint: "Activate it, or declare it with a Mailbox resource.",
    });
  }
  if (directionsOf(row).length === 0) {
    return wrong({
      code: "DELIVERY_OFF",
      message: `mailbox ${address} neither receives nor sends by server-side synchronization`,
      hint: "Set them with a Mailbox resource; a declared one is set right by `pulumi up`.",
    });
  }
  if (row.actdeliverymethod !== ACT_NONE) {
    return wrong({
      code: "ACT_NOT_NONE",
      message: `appointments, contacts and tasks of ${address} are not set to None, which Gmail profiles need`,
      hint: "Set it with a Mailbox resource; a declared one is set right by `pulumi up`.",
    });
  }
  return {};
}

async function approvalFinding(row: MailboxRow, context: Context): Promise<Finding> {
  if (row.emailrouteraccessapproval === APPROVED || !(await approvalRequired(row, context))) return {};
  return wrong({
    code: "NOT_APPROVED",
    message: `the address ${row.emailaddress} is not approved`,
    hint: `Declare the mailbox with \`approved: true\`, or approve it at ${mailboxUrl(context.environmentUrl, row.mailboxid)}.`,
  });
}

function signInFinding(row: MailboxRow, { environmentUrl }: Context): Finding {
  if (row.isoauthrefreshtokenset) return {};
  return wrong({
    code: "NOT_SIGNED_IN",
    message: `nobody has signed in to Gmail for ${row.emailaddress}, so Dynamics holds no token for it`,
    hint: `Its user opens ${mailboxUrl(environmentUrl, row.mailboxid)} and chooses "Sign in to Gmail"; then run \`pulumi up\` again.`,
  });
}

/** The organisation can do without approval, separately for users and queues. */
async function approvalRequired(row: MailboxRow, { dataverse, deadline }: Context): Promise<boolean> {
  const [organization] = await dataverse.list("organizations", "", { top: 1 }, deadline);
  if (!organization) return true;
  return kindOf(row) === "queue" ? organization.requireapprovalforqueueemail : organization.requireapprovalforuseremail;
}
