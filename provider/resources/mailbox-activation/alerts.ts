import type { Code } from "../../codes/codes.ts";
import type { EmailServerProfileRow, MailboxRow, Tables } from "../../dataverse/tables.ts";
import { Fault, remoteText } from "../../fault.ts";
import type { Context } from "../../resource/context.ts";
import { type Finding, found, good, hasFailed, type Step } from "../../schema/step.ts";
import { testedOn } from "../mailbox/status.ts";
import { classifyAlert } from "./alert-classification.ts";
import { factsOf } from "./facts.ts";

type Alert = Tables["tracelogs"];

/** Longest time that is taken for one test, in milliseconds. */
const TEST_MS = 900_000;
/** Alerts of one failure are written within this time, in milliseconds: both directions try, and each has its time-outs. */
const TOGETHER_MS = 300_000;

/** Milliseconds since 1970; without a moment the beginning of time. */
export function momentOf(moment: string | undefined): number {
  return moment === undefined ? 0 : Date.parse(moment);
}

/** Since when there can be alerts about what a mailbox shows, in milliseconds since 1970: the last test wrote some before it ended. */
export function beginningOf(row: MailboxRow): number {
  return Math.max(0, momentOf(testedOn(row)) - TEST_MS);
}

/**
 * What Dynamics has said about a mailbox since a moment of its clock, in milliseconds since 1970; without one, about what it shows now.
 * It tells why the other steps have failed; it is read after success, too, and being unable to read it fails nothing.
 */
export async function alerts(
  row: MailboxRow,
  since: number | undefined,
  steps: readonly Step[],
  context: Context,
): Promise<Step> {
  const id = "alerts";
  const from = since ?? beginningOf(row);
  try {
    if (hasFailed(steps)) return { id, ...(await cause(row, from, steps, context)) };
    const told = await written(row.mailboxid, from, context);
    return { id, ...good({ message: told.length > 0 ? wordsOf(told) : "none" }) };
  } catch (error) {
    return unreadable(error, row, context);
  }
}

/** The same after a test. What was written of one that has ended well nobody is shown; that it could be read is asked once for all. */
export async function alertsOfTest(
  row: MailboxRow,
  since: number,
  steps: readonly Step[],
  context: Context,
): Promise<Step> {
  if (hasFailed(steps)) return alerts(row, since, steps, context);
  try {
    await requireAlerts(context);
    return { id: "alerts", ...good() };
  } catch (error) {
    return unreadable(error, row, context);
  }
}

function unreadable(error: unknown, row: MailboxRow, context: Context): Step {
  if (!(error instanceof Fault)) throw error;
  const facts = factsOf(row, undefined, context);
  return { id: "alerts", facts, ...found("ALERTS_UNREADABLE", { message: error.account, hint: error.hint }) };
}

async function requireAlerts({ dataverse, deadline, roster }: Context): Promise<void> {
  await roster.alerts.get("", "Reading alerts", deadline, async (limit) => {
    await dataverse.list("tracelogs", "", { top: 1 }, limit);
    return { value: true, until: Number.POSITIVE_INFINITY };
  });
}

/** A failure with a reason that is known. It has failed, too, where the reason passes by itself. */
async function cause(row: MailboxRow, since: number, steps: readonly Step[], context: Context): Promise<Finding> {
  const { dataverse, deadline } = context;
  const profileId = row._emailserverprofile_value;
  const profile = profileId ? await dataverse.retrieve("emailserverprofiles", profileId, deadline) : undefined;
  const { code, told } = await reason(row.mailboxid, profileId, since, context);
  const said = told.length > 0 ? { said: `Dynamics says: ${wordsOf(told)}` } : {};
  const decided = await decide(code, profile, steps, context);
  return { ...found(decided, { ...said, facts: factsOf(row, profile, context) }), status: "failed" };
}

interface Reason {
  readonly code: Code;
  readonly told: readonly Alert[];
}

/** Alerts of the mailbox come first. Those of its profile may be about others of its mailboxes. */
async function reason(mailboxId: string, profileId: string | null, since: number, context: Context): Promise<Reason> {
  const own = reasonOf(newest(await written(mailboxId, since, context)));
  if (profileId === null || (own.told.length > 0 && own.code !== "ALERTS")) return own;
  const { code, told } = reasonOf(newest(await written(profileId, since, context)));
  if (told.length === 0) return own;
  const concerns = OF_PROFILES.includes(code);
  return { code: concerns ? code : "ALERTS", told: [...own.told, ...told] };
}

/** What lies in the profile, its client or the environment, and so holds for each mailbox of the profile. */
export const HOLDS_FOR_ALL: readonly Code[] = [
  "CLIENT_NOT_FOUND",
  "CLIENT_DELETED",
  "CLIENT_DISABLED",
  "CLIENT_REFUSED",
  "SECRET_WRONG",
  "REDIRECT_URI_MISMATCH",
  "PROFILE_INACTIVE",
  "PROFILE_NOT_GMAIL",
  "SERVER_WRONG",
  "SERVER_TLS",
  "ADMINISTRATION_MODE",
];

/** What an alert of a profile can say of one mailbox; two of them not for sure. */
const OF_PROFILES: readonly Code[] = [...HOLDS_FOR_ALL, "CREDENTIALS", "SERVER_UNREACHABLE"];

/** Of several alerts the one that says most, and what to quote: the same cause in both directions is told once. */
function reasonOf(alerts: readonly Alert[]): Reason {
  const causes = alerts
    .map((alert) => ({ code: classifyAlert(alert), alert }))
    .sort((a, b) => VAGUE.indexOf(a.code) - VAGUE.indexOf(b.code));
  const codes = causes.map(({ code }) => code);
  const quoted = causes.filter(({ code }, at) => code === "ALERTS" || codes.indexOf(code) === at);
  return { code: codes[0] ?? "NO_ALERT", told: quoted.map(({ alert }) => alert) };
}

/** Codes that leave the cause open, the vaguest last. */
const VAGUE: readonly Code[] = ["CREDENTIALS", "ALERTS"];

/**
 * Where Dynamics names credentials alone, what was seen here decides, and what Google says of the client. A login of our own that
 * was let in proves neither: Dynamics has a consent and a secret of its own.
 */
async function decide(
  code: Code,
  profile: EmailServerProfileRow | undefined,
  steps: readonly Step[],
  { oauthClients, deadline }: Context,
): Promise<Code> {
  if (code === "PROFILE_INACTIVE" && !profile) return "PROFILE_MISSING";
  if (code !== "CREDENTIALS") return code;
  const seen = steps.find(({ id, status }) => DECISIVE.includes(id) && status === "failed")?.code;
  if (seen) return seen === "CONSENT" ? "CONSENT_ENDED" : seen;
  if (!profile?.oauthclientid) return code;
  const probe = await oauthClients.look(profile.oauthclientid, deadline);
  return probe.status === "failed" ? probe.code : code;
}

/** Steps that say of client, consent or mailbox what Dynamics meets as well. */
const DECISIVE: readonly Step["id"][] = ["oauthClient", "signIn", "token", "imap", "pop3", "smtp"];

/** What was written about a row, errors first, then the newest first. */
function written(regarding: string, since: number, { dataverse, deadline }: Context): Promise<Alert[]> {
  // Alerts know whole seconds. One that repeats an earlier one may be the same row, of which only `modifiedon` moves.
  const second = new Date(since - (since % 1000)).toISOString();
  const filter = `_regardingobjectid_value eq ${regarding} and modifiedon ge ${second}`;
  return dataverse.list("tracelogs", filter, { orderBy: "level desc,modifiedon desc", top: 10 }, deadline);
}

/** The last ones of the gravest level, the newest first; information is about what went well. */
function newest(logs: readonly Alert[]): readonly Alert[] {
  const [first] = logs;
  if (!first || first.level === INFORMATION) return [];
  const writtenOn = ({ modifiedon }: Alert) => momentOf(modifiedon ?? undefined);
  return (
    logs
      .filter((log) => log.level === first.level && writtenOn(log) >= writtenOn(first) - TOGETHER_MS)
      // Those of one second come in any order.
      .sort((a, b) => writtenOn(b) - writtenOn(a) || (a.text ?? "").localeCompare(b.text ?? ""))
  );
}

/** Option of `level`. */
const INFORMATION = 1;

function wordsOf(logs: readonly Alert[]): string {
  const told = logs.map(({ text, tracecode, errordetails, errortypedisplay }) =>
    [text ?? "", errortypedisplay ?? "", tracecode ? `code ${tracecode}` : "", errordetails ?? ""]
      .map(remoteText)
      .filter(Boolean)
      .join(" · "),
  );
  return [...new Set(told)].join(" | ");
}
