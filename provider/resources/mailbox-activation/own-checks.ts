import { type Code, isCode } from "../../codes/codes.ts";
import type { EmailServerProfileRow, MailboxRow } from "../../dataverse/tables.ts";
import { Fault } from "../../fault.ts";
import { routeOf, servesNobody, type TokenRoute } from "../../google/mailbox-token.ts";
import type { checkRoundTrip } from "../../mail/check.ts";
import type { MailProblem } from "../../mail/classification.ts";
import type { MailPeer } from "../../mail/protocol.ts";
import { isUnanswered } from "../../network/transport-fault.ts";
import type { Context } from "../../resource/context.ts";
import type { MailCredential } from "../../schema/mail-credential.ts";
import { hostKey } from "../../schema/mail-hosts.ts";
import { type Finding, found, good, type Step, skipped } from "../../schema/step.ts";
import { directionsOf } from "../mailbox/status.ts";
import { hostFinding } from "./mail-hosts.ts";

/** What a passing login proves, and what it does not. */
const PROVES: Readonly<Record<TokenRoute, string>> = {
  delegation: "logged in by delegation, which proves servers and mailbox, not Dynamics' own consent",
  consent: "logged in with the user's consent",
  given: "logged in with the given token",
};

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
  const without = (code: Code): Step[] => protocols.map((id) => ({ id, ...skipped(code) }));
  const elsewhere = hostFinding(profile, context);
  if (elsewhere) return protocols.map((id) => ({ id, ...elsewhere }));
  if (!credential) return without("NO_CREDENTIAL");
  const address = row.emailaddress ?? "";
  const token = await tokenFor(address, credential, context);
  if (typeof token !== "string") return [{ id: "token", ...token }, ...without("NO_TOKEN")];
  context.progress(`logging in to the mail servers as ${address}`);
  const { checkMail } = await import("../../mail/check.ts");
  const { network, deadline } = context;
  const checks = await checkMail({ address, accessToken: token, servers, network, deadline });
  const steps = checks.map(
    ({ protocol, problem, ms }): Step => ({
      id: protocol,
      ...findingOf(problem, ms, PROVES[routeOf(credential)]),
    }),
  );
  if (!roundTrip) return steps;
  const trip = await roundTripFinding(steps, servers, { address, accessToken: token, network, deadline });
  return [...steps, { id: "roundTrip", ...trip }];
}

export interface OwnChecks {
  readonly credential?: MailCredential | undefined;
  /** Sends mail. */
  readonly roundTrip?: boolean | undefined;
}

async function roundTripFinding(
  logins: readonly Step[],
  { imap, smtp }: Partial<Record<"imap" | "pop3" | "smtp", MailPeer>>,
  options: Parameters<typeof checkRoundTrip>[0],
): Promise<Finding> {
  if (!imap || !smtp) return skipped("NEEDS_IMAP_AND_BOTH");
  if (logins.some(({ status }) => status !== "ok")) return skipped("NEEDS_BOTH_LOGINS");
  const { checkRoundTrip } = await import("../../mail/check.ts");
  const { problem, ms } = await checkRoundTrip(options, { imap, smtp });
  return findingOf(problem, ms, "a message came back and was removed");
}

/** What says something about this machine or this moment is unknown by its class, and Dynamics' own test decides. */
function findingOf(problem: MailProblem | undefined, ms: number, proves: string): Finding {
  return problem ? found(problem.code, { said: problem.said, ms }) : good({ message: proves, ms });
}

async function tokenFor(address: string, credential: MailCredential, context: Context): Promise<string | Finding> {
  try {
    return await context.mailTokens.get(address, credential, context.deadline);
  } catch (error) {
    if (!(error instanceof Fault) || context.deadline.cancelled) throw error;
    const { account, hint } = error;
    // Without the mailbox's name, and stored, as it is the same at all.
    if (servesNobody(credential, error)) return found("CREDENTIAL_REFUSED", { said: account, hint });
    return found(tokenCode(credential, error), { message: account, hint });
  }
}

/** Unproven is only what could not be asked. */
function tokenCode(credential: MailCredential, fault: Fault): Code {
  const { code } = fault;
  if (isUnanswered(fault)) return "UNPROVEN";
  if (code === "invalid_grant" && routeOf(credential) === "consent") return "CONSENT";
  return isCode(code) ? code : "TOKEN";
}

function serversOf(
  row: MailboxRow,
  profile: EmailServerProfileRow,
): Partial<Record<"imap" | "pop3" | "smtp", MailPeer>> {
  const on = directionsOf(row);
  const peer = (host: string | null, port: number | null) =>
    host ? { host: hostKey(host), port: port ?? 0 } : undefined;
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
