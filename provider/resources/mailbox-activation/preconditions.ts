import type { EmailServerProfileRow, MailboxRow } from "../../dataverse/tables.ts";
import { quoted } from "../../fault.ts";
import { sameText } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import { inOrder, type Look } from "../../resource/looks.ts";
import { type Finding, found, good, type Step } from "../../schema/step.ts";
import { isGmail } from "../email-server-profile/columns.ts";
import { digest } from "../mailbox/basis.ts";
import { ACT_NONE, APPROVED } from "../mailbox/columns.ts";
import { kindOf } from "../mailbox/find.ts";
import { isIdle } from "../mailbox/people.ts";
import { directionsOf } from "../mailbox/status.ts";
import type { MailboxActivationOutputs } from "./definition.ts";
import { factsOf } from "./facts.ts";
import { hostFinding } from "./mail-hosts.ts";

export interface Readiness {
  readonly steps: readonly Step[];
  /** The mailbox's profile; undefined where it has none. */
  readonly profile: EmailServerProfileRow | undefined;
}

/** The steps that a look at any time shows. */
export const PRECONDITIONS = ["profile", "oauthClient", "mailbox", "approval", "signIn"] as const;

/** What is known of a mailbox beforehand. */
export interface Expected {
  /** The profile that it should have. */
  readonly profileId?: string | undefined;
  /** The OAuth client that its profile should have. */
  readonly clientId?: string | undefined;
  readonly token?: Token | undefined;
}

export type Token = NonNullable<MailboxActivationOutputs["token"]>;

/**
 * What has to be right before the service is asked to test: a permanent error there disables the mailbox at once.
 * Nothing more is looked at after the first failure.
 */
export async function preconditions(row: MailboxRow, expected: Expected, context: Context): Promise<Readiness> {
  const profile = await profileOf(row, context);
  const looks: readonly (Look & { readonly id: (typeof PRECONDITIONS)[number] })[] = [
    { id: "profile", look: () => profileFinding(row, profile, expected, context) },
    { id: "oauthClient", look: () => clientFinding(profile, context) },
    { id: "mailbox", look: () => mailboxFinding(row, context) },
    { id: "approval", look: () => approvalFinding(row, context) },
    { id: "signIn", look: () => signInFinding(row, profile, expected.token) },
  ];
  const steps = await inOrder(looks, ({ status }) => status === "failed", factsOf(row, profile, context));
  return { steps, profile };
}

/** The profile that a mailbox has. */
export async function profileOf(
  { _emailserverprofile_value: profileId }: MailboxRow,
  { dataverse, deadline }: Context,
): Promise<EmailServerProfileRow | undefined> {
  return profileId ? dataverse.observe("emailserverprofiles", profileId, deadline) : undefined;
}

function profileFinding(
  row: MailboxRow,
  profile: EmailServerProfileRow | undefined,
  expected: Expected,
  context: Context,
): Finding {
  return profileProblem(row, profile, expected) ?? (profile && hostFinding(profile, context)) ?? good();
}

/** Why a mailbox has no profile for Gmail, or not the one that it should have. */
function profileProblem(
  { emailaddress: address }: MailboxRow,
  profile: EmailServerProfileRow | undefined,
  { profileId, clientId }: Expected,
): Finding | undefined {
  if (profile === undefined) {
    return found("PROFILE_MISSING", { message: `mailbox ${address} has no email server profile` });
  }
  if (profileId !== undefined && !sameText(profile.emailserverprofileid, profileId)) {
    return found("PROFILE_OTHER", {
      message: `mailbox ${address} has the profile ${quoted(profile.name)} (${profile.emailserverprofileid}), not ${profileId}`,
    });
  }
  if (profile.statecode !== 0) {
    return found("PROFILE_INACTIVE", { message: `the profile ${quoted(profile.name)} is inactive` });
  }
  if (!isGmail(profile)) {
    return found("PROFILE_NOT_GMAIL", {
      message: `the profile ${quoted(profile.name)} is not one for Gmail by OAuth 2.0`,
    });
  }
  const { oauthclientid: other } = profile;
  if (clientId && other && other !== clientId) {
    return found("PROFILE_OTHER", {
      message: `mailbox ${address} has the profile ${quoted(profile.name)}, which has the OAuth client ${quoted(other)}, not ${clientId}`,
    });
  }
  return undefined;
}

function hasClient(
  profile: EmailServerProfileRow | undefined,
): profile is EmailServerProfileRow & { readonly oauthclientid: string } {
  return Boolean(profile?.oauthclientid && profile.isoauthclientsecretset);
}

function clientMissing(profile: EmailServerProfileRow | undefined): Finding {
  return found("OAUTH_CLIENT_MISSING", {
    message: `the profile ${quoted(profile?.name)} has no OAuth client ${profile?.oauthclientid ? "secret" : "id"}`,
  });
}

/** The profile's client by its id alone: Dataverse never gives the secret back, which Test & Enable proves. */
async function clientFinding(profile: EmailServerProfileRow | undefined, context: Context): Promise<Finding> {
  if (!hasClient(profile)) return clientMissing(profile);
  const { oauthclientid: clientId, name } = profile;
  const probe = await context.oauthClients.look(clientId, context.deadline);
  switch (probe.status) {
    case "ok":
      return good({ message: `Google knows ${clientId}; its secret in Dynamics is proven by the test only` });
    case "unknown":
      return found("UNPROVEN", { message: `Google could not be asked about ${clientId}`, said: probe.said });
    case "failed":
      return found(probe.code, {
        message: `Google refuses the OAuth client ${clientId} of the profile ${quoted(name)}`,
        said: probe.said,
      });
  }
}

async function mailboxFinding(row: MailboxRow, context: Context): Promise<Finding> {
  const address = row.emailaddress;
  if (await isIdle(row, context)) {
    return found("USER_DISABLED", { message: `the user of mailbox ${address} is disabled in Dynamics` });
  }
  if (row.statecode !== 0) {
    return found("MAILBOX_INACTIVE", { message: `mailbox ${address} is inactive` });
  }
  if (directionsOf(row).length === 0) {
    return found("DELIVERY_OFF", {
      message: `mailbox ${address} neither receives nor sends by server-side synchronization`,
    });
  }
  if (row.actdeliverymethod !== ACT_NONE) {
    return found("ACT_NOT_NONE", {
      message: `appointments, contacts and tasks of ${address} are not set to None, which Gmail profiles need`,
    });
  }
  return good();
}

async function approvalFinding(row: MailboxRow, context: Context): Promise<Finding> {
  if (row.emailrouteraccessapproval === APPROVED || !(await approvalRequired(row, context))) return good();
  return found("NOT_APPROVED", { message: `the address ${row.emailaddress} is not approved` });
}

/** Why a mailbox's page offers nobody to sign in, or to another client than the one that is expected. */
export function pageProblem(
  row: MailboxRow,
  profile: EmailServerProfileRow | undefined,
  expected: Expected,
): Finding | undefined {
  return profileProblem(row, profile, expected) ?? (hasClient(profile) ? undefined : clientMissing(profile));
}

/** Whether somebody has signed in for the mailbox, and to the client of its profile. */
export function signInFinding(
  { emailaddress: address, isoauthrefreshtokenset: signedIn, oauthtokenexpireson: expires }: MailboxRow,
  profile: EmailServerProfileRow | undefined,
  token: Token | undefined,
): Finding {
  if (!signedIn)
    return found("NOT_SIGNED_IN", {
      message: `nobody has signed in to Gmail for ${address}, so Dynamics holds no token for it`,
    });
  if (profile && token && token.client !== clientOf(profile) && isSameToken(token, expires))
    return found("SIGN_IN_AGAIN", {
      message: `the user of ${address} has signed in to another OAuth client than the profile ${quoted(profile.name)} has`,
    });
  return good();
}

/** As a token has it. */
export function clientOf({ oauthclientid }: Pick<EmailServerProfileRow, "oauthclientid">): string {
  return digest([oauthclientid]);
}

/** Whether nobody has signed in since. Where Dataverse does not show until when a token lives, that is left to the test. */
function isSameToken(token: Token, expires: string | null): boolean {
  return expires !== null && (token.expires === undefined || token.expires === expires);
}

/** The organisation can do without approval, separately for users and queues. */
async function approvalRequired(row: MailboxRow, { dataverse, deadline }: Context): Promise<boolean> {
  const organization = await dataverse.observe("organizations", await dataverse.organizationId(deadline), deadline);
  if (!organization) return true;
  return kindOf(row) === "queue" ? organization.requireapprovalforqueueemail : organization.requireapprovalforuseremail;
}
