import type { EmailServerProfileRow, MailboxRow } from "../dataverse/tables.ts";
import type { Step } from "../definitions/step.ts";
import { sameText } from "./columns.ts";
import type { Context } from "./context.ts";
import { kindOf, mailboxUrl } from "./find-mailbox.ts";
import { ACT_NONE, APPROVED, DELIVERY_METHOD } from "./mailbox-columns.ts";

export type Direction = "incoming" | "outgoing";
const DIRECTIONS: readonly Direction[] = ["incoming", "outgoing"];

/** Option set of the status columns. */
export const STATUS = { notRun: 0, success: 1, failure: 2 } as const;

/** Directions that Dynamics serves by server-side synchronization; the others are not tested. */
export function directionsOf(row: MailboxRow): Direction[] {
  return DIRECTIONS.filter(
    (direction) => row[`${direction}emaildeliverymethod`] === DELIVERY_METHOD.serverSideSynchronization,
  );
}

export function statusOf(row: MailboxRow, direction: Direction): number | null {
  return row[`${direction}emailstatus`];
}

/** When the last test ended; undefined when there was none (the service writes the year 1900 then). */
export function testedOn(row: MailboxRow): string | undefined {
  const moment = row.testmailboxaccesscompletedon;
  return moment && !moment.startsWith("1900-") ? moment : undefined;
}

export interface Readiness {
  readonly steps: readonly Step[];
  /** The mailbox's profile; undefined where it has none. */
  readonly profile: EmailServerProfileRow | undefined;
}

/**
 * What has to be right before the service is asked to test: a permanent error there disables the mailbox at once.
 * Later steps are skipped after the first failure.
 */
export async function preconditions(
  row: MailboxRow,
  profileId: string | undefined,
  context: Context,
): Promise<Readiness> {
  const { dataverse, deadline, environmentUrl } = context;
  const profile = row._emailserverprofile_value
    ? await dataverse.retrieve("emailserverprofiles", row._emailserverprofile_value, deadline)
    : undefined;
  const page = mailboxUrl(environmentUrl, row.mailboxid);
  const address = row.emailaddress;
  const checks: readonly {
    id: string;
    label: string;
    wrong: false | undefined | { code: string; message: string; hint: string };
  }[] = [
    {
      id: "profile",
      label: "email server profile",
      wrong:
        profile === undefined
          ? {
              code: "PROFILE_MISSING",
              message: `mailbox ${address} has no email server profile`,
              hint: "Assign one with a Mailbox resource; a declared one is set right by `pulumi up`.",
            }
          : profileId !== undefined && !sameText(profile.emailserverprofileid, profileId)
            ? {
                code: "PROFILE_OTHER",
                message: `mailbox ${address} has the profile "${profile.name}" (${profile.emailserverprofileid}), not ${profileId}`,
                hint: "Declare the mailbox with this profile in a Mailbox resource, and pass its profileId.",
              }
            : profile.statecode !== 0 && {
                code: "PROFILE_INACTIVE",
                message: `the profile "${profile.name}" is inactive`,
                hint: "Activate it, or declare it with an EmailServerProfile resource.",
              },
    },
    {
      id: "mailbox",
      label: "mailbox",
      wrong:
        row.statecode !== 0
          ? {
              code: "MAILBOX_INACTIVE",
              message: `mailbox ${address} is inactive`,
              hint: "Activate it, or declare it with a Mailbox resource.",
            }
          : directionsOf(row).length === 0
            ? {
                code: "DELIVERY_OFF",
                message: `mailbox ${address} neither receives nor sends by server-side synchronization`,
                hint: "Set them with a Mailbox resource; a declared one is set right by `pulumi up`.",
              }
            : row.actdeliverymethod !== ACT_NONE && {
                code: "ACT_NOT_NONE",
                message: `appointments, contacts and tasks of ${address} are not set to None, which Gmail profiles need`,
                hint: "Set it with a Mailbox resource; a declared one is set right by `pulumi up`.",
              },
    },
    {
      id: "approval",
      label: "approval",
      wrong: row.emailrouteraccessapproval !== APPROVED &&
        (await approvalRequired(row, context)) && {
          code: "NOT_APPROVED",
          message: `the address ${address} is not approved`,
          hint: `Declare the mailbox with \`approved: true\`, or approve it at ${page}.`,
        },
    },
    {
      id: "signIn",
      label: "sign-in to Gmail",
      wrong: !row.isoauthrefreshtokenset && {
        code: "NOT_SIGNED_IN",
        message: `nobody has signed in to Gmail for ${address}, so Dynamics holds no token for it`,
        hint: `Its user opens ${page} and chooses "Sign in to Gmail"; then run \`pulumi up\` again.`,
      },
    },
  ];
  const stop = checks.findIndex(({ wrong }) => wrong);
  const steps = checks.map(({ id, label, wrong }, index): Step => {
    if (stop !== -1 && index > stop) return { id, label, status: "skipped" };
    return wrong ? { id, label, status: "failed", ...wrong } : { id, label, status: "ok" };
  });
  return { steps, profile };
}

/** The organisation can do without approval, separately for users and queues. */
async function approvalRequired(row: MailboxRow, { dataverse, deadline }: Context): Promise<boolean> {
  const [organization] = await dataverse.list("organizations", "", { top: 1 }, deadline);
  if (!organization) return true;
  return kindOf(row) === "queue" ? organization.requireapprovalforqueueemail : organization.requireapprovalforuseremail;
}

/** What Dataverse shows for each direction. `expected` names directions that were on before, and should be still. */
export function results(row: MailboxRow, expected: readonly Direction[] = []): Step[] {
  const on = directionsOf(row);
  return DIRECTIONS.map((direction): Step => {
    const step = { id: direction, label: `${direction} mail` };
    if (!on.includes(direction)) {
      return expected.includes(direction)
        ? {
            ...step,
            status: "failed",
            code: "DELIVERY_SWITCHED_OFF",
            message: `${direction} mail of ${row.emailaddress} was switched off after it had been tested`,
            hint: "Run `pulumi up` to set it as declared and test again.",
          }
        : { ...step, status: "skipped", message: "not switched on" };
    }
    if (row.testemailconfigurationscheduled) {
      return {
        ...step,
        status: "unknown",
        code: "TEST_RUNNING",
        message: `Test & Enable of ${row.emailaddress} is running, and what Dynamics shows for ${direction} mail is from before`,
        hint: "Run `pulumi up` to wait for its end.",
      };
    }
    switch (statusOf(row, direction)) {
      case STATUS.success:
        return { ...step, status: "ok" };
      case STATUS.failure:
        return {
          ...step,
          status: "failed",
          code: "TEST_FAILED",
          message: `Dynamics shows Failure for ${direction} mail of ${row.emailaddress}`,
          hint: "The alerts of the mailbox say why; after mending it run `pulumi up` again.",
        };
      default:
        return {
          ...step,
          status: "unknown",
          code: "NOT_RUN",
          message: `Dynamics shows no result for ${direction} mail of ${row.emailaddress}`,
          hint: "Run `pulumi up` to test it.",
        };
    }
  });
}
