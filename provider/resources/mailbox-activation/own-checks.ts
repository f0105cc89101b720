import type { EmailServerProfileRow, MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { routeOf, type TokenRoute } from "../../google/mailbox-token.ts";
import type { checkRoundTrip, MailCheck } from "../../mail/check.ts";
import type { MailClass } from "../../mail/classification.ts";
import type { MailPeer } from "../../mail/socket.ts";
import type { Context } from "../../resource/context.ts";
import type { MailCredential } from "../../schema/mail-credential.ts";
import type { Step } from "../../schema/step.ts";
import { directionsOf } from "./status.ts";

const LABELS = { imap: "own IMAP login", pop3: "own POP3 login", smtp: "own SMTP login" } as const;

/** What a passing login proves, and what it does not. */
const PROVES: Readonly<Record<TokenRoute, string>> = {
  delegation: "logged in by delegation, which proves servers and mailbox, not Dynamics' own consent",
  consent: "logged in with the user's consent",
  given: "logged in with the given token",
};

/**
 * Classes that say something about this machine or this moment and nothing about what Dynamics will meet: they are
 * unknown, and Dynamics' own test decides.
 */
const UNDECIDED: ReadonlySet<MailClass> = new Set(["network", "transient", "throttled"]);

/**
 * Logs in to the mail servers of the profile as the mailbox, for the directions that are switched on. Without a credential
 * the steps are skipped, and say so.
 */
export async function ownChecks(
  row: MailboxRow,
  profile: EmailServerProfileRow,
  { credential = undefined, roundTrip = false }: OwnChecks,
  context: Context,
): Promise<readonly Step[]> {
  const servers = serversOf(row, profile);
  const protocols = (["imap", "pop3", "smtp"] as const).filter((protocol) => servers[protocol]);
  const step = (protocol: "imap" | "pop3" | "smtp") => ({ id: protocol, label: LABELS[protocol] });
  if (!credential) {
    const message = "no credential for the mailbox: Dynamics' own test decides";
    return protocols.map((protocol) => ({ ...step(protocol), status: "skipped", message }));
  }
  const address = row.emailaddress ?? "";
  const token = await tokenFor(address, credential, context);
  if (typeof token !== "string") {
    return [
      token,
      ...protocols.map((protocol): Step => ({ ...step(protocol), status: "skipped", message: "no token" })),
    ];
  }
  context.progress(`logging in to the mail servers as ${address}`);
  const { checkMail } = await import("../../mail/check.ts");
  const { network, deadline } = context;
  const checks = await checkMail({ address, accessToken: token, servers, network, deadline });
  const steps = checks.map((check) => stepOf(check, PROVES[routeOf(credential)]));
  if (!roundTrip) return steps;
  return [...steps, await roundTripStep(steps, servers, { address, accessToken: token, network, deadline })];
}

export interface OwnChecks {
  readonly credential?: MailCredential | undefined;
  /** Sends mail. */
  readonly roundTrip?: boolean | undefined;
}

async function roundTripStep(
  logins: readonly Step[],
  { imap, smtp }: Partial<Record<"imap" | "pop3" | "smtp", MailPeer>>,
  options: Parameters<typeof checkRoundTrip>[0],
): Promise<Step> {
  const step = { id: "roundTrip", label: "round trip" };
  if (!imap || !smtp) return { ...step, status: "skipped", message: "needs IMAP and both directions" };
  if (logins.some(({ status }) => status !== "ok")) return { ...step, status: "skipped", message: "needs both logins" };
  const { checkRoundTrip } = await import("../../mail/check.ts");
  const { problem, ms } = await checkRoundTrip(options, { imap, smtp });
  if (!problem) return { ...step, ms, status: "ok", message: "a message came back and was removed" };
  const { code, message, hint } = problem;
  return { ...step, ms, status: UNDECIDED.has(problem.class) ? "unknown" : "failed", code, message, hint };
}

async function tokenFor(address: string, credential: MailCredential, context: Context): Promise<string | Step> {
  try {
    return await context.mailTokens.get(address, credential, context.deadline);
  } catch (error) {
    if (!(error instanceof Fault) || context.deadline.cancelled) throw error;
    const undecided = error.kind === "unavailable" || error.kind === "deadline-exceeded";
    return {
      id: "token",
      label: "token for the mailbox",
      status: undecided ? "unknown" : "failed",
      code: error.code === "invalid_grant" ? "CONSENT" : "TOKEN",
      message: error.hint ? error.message.slice(0, -error.hint.length).trim() : error.message,
      ...(error.hint && { hint: error.hint }),
    };
  }
}

function stepOf({ protocol, problem, ms }: MailCheck, proves: string): Step {
  const step = { id: protocol, label: LABELS[protocol], ms };
  if (!problem) return { ...step, status: "ok", message: proves };
  const { code, message, hint } = problem;
  return { ...step, status: UNDECIDED.has(problem.class) ? "unknown" : "failed", code, message, hint };
}

function serversOf(
  row: MailboxRow,
  profile: EmailServerProfileRow,
): Partial<Record<"imap" | "pop3" | "smtp", MailPeer>> {
  const on = directionsOf(row);
  const peer = (host: string | null, port: number | null) => (host && port ? { host, port } : undefined);
  const incoming = on.includes("incoming")
    ? peer(profile.incomingserverlocation, profile.incomingportnumber)
    : undefined;
  const outgoing = on.includes("outgoing")
    ? peer(profile.outgoingserverlocation, profile.outgoingportnumber)
    : undefined;
  return {
    ...(incoming && { [profile.servertype === 1 ? "pop3" : "imap"]: incoming }),
    ...(outgoing && { smtp: outgoing }),
  };
}
