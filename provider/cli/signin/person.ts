import type { Code } from "../../codes/codes.ts";
import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault, onOneLine } from "../../fault.ts";
import { maskData } from "../../redaction/secrets.ts";
import type { Context } from "../../resource/context.ts";
import type { MailboxKind } from "../../resources/mailbox/definition.ts";
import { kindOf, mailboxUrl } from "../../resources/mailbox/find.ts";
import { alerts, beginningOf, momentOf } from "../../resources/mailbox-activation/alerts.ts";
import { pageProblem, profileOf, signInFinding } from "../../resources/mailbox-activation/preconditions.ts";
import { results } from "../../resources/mailbox-activation/results.ts";
import { type Finding, good, hasFailed, seen } from "../../schema/step.ts";
import { findingOf, seek } from "../doctor/look.ts";
import type { Target } from "../doctor/target.ts";

/** How it stands with a sign-in: what it is called for people, and whether somebody has to do it now. */
export const STANDINGS = {
  missing: { words: "has not signed in", mark: "…" },
  again: { words: "has to sign in again", mark: "…" },
  /** Its page in Dynamics offers nobody to sign in before, or only to another client. */
  notReady: { words: "cannot sign in before `pulumi up` has given the mailbox its profile", mark: "–" },
  inactive: { words: "cannot sign in, as the mailbox is inactive", mark: "–" },
  notFound: { words: "was not found", mark: "✘" },
  signedIn: { words: "has signed in", mark: "✔" },
} as const;

export type Standing = keyof typeof STANDINGS;

/** Whose sign-in a mailbox needs. */
export interface Person {
  readonly address: string;
  /** Of the mailbox in Dynamics, which has that of its user or queue. */
  readonly name: string;
  readonly kind: MailboxKind | undefined;
  readonly client: string | undefined;
  readonly standing: Standing;
  /** The page where it is done; empty where there is no mailbox. */
  readonly webUrl: string;
  /** What is in the way. */
  readonly why?: string | undefined;
}

/** How it stands with the sign-in of one mailbox, as Dynamics shows it. */
export async function personOf(target: Target, context: Context): Promise<Person> {
  const { address, client, kind } = target;
  try {
    const row = await seek(target, context);
    return {
      address: row.emailaddress ?? address,
      name: onOneLine(maskData(row.name || address)),
      kind: kindOf(row),
      client,
      ...(await standingOf(target, row, context)),
      webUrl: mailboxUrl(context.environmentUrl, row.mailboxid),
    };
  } catch (error) {
    const finding = error instanceof Fault ? findingOf(error, "sought") : undefined;
    if (!finding) throw error;
    return { address, name: address, kind, client, standing: "notFound", webUrl: "", why: seen(finding) };
  }
}

async function standingOf(
  { expected = {} }: Target,
  row: MailboxRow,
  context: Context,
): Promise<Pick<Person, "standing" | "why">> {
  if (row.statecode !== 0) return { standing: "inactive" };
  const profile = await profileOf(row, context);
  const problem = pageProblem(row, profile, expected);
  if (problem) return { standing: "notReady", why: seen(problem) };
  // Only a stack knows whom somebody has signed in to.
  const signIn = signInFinding(row, profile, expected.token);
  if (signIn.code === "NOT_SIGNED_IN") return { standing: "missing" };
  const again = [signIn, await told(row, context)].find(({ code }) => code !== undefined && AGAIN.includes(code));
  return again ? { standing: "again", why: seen(again) } : { standing: "signedIn" };
}

/** What a user mends by another sign-in. */
const AGAIN: readonly Code[] = ["SIGN_IN_AGAIN", "CONSENT_ENDED"];

/** How long Google gives an access token for, in milliseconds. Assumption: token-expiry. */
const TOKEN_MS = 3_600_000;

/** What Dynamics has told of its failure since it got the mailbox's token: what is older another sign-in has mended. */
async function told(row: MailboxRow, context: Context): Promise<Finding> {
  const shows = results(row);
  if (!hasFailed(shows)) return good();
  const signedInOn = momentOf(row.oauthtokenexpireson ?? undefined) - TOKEN_MS;
  return alerts(row, Math.max(beginningOf(row), signedInOn), shows, context);
}

/** Who cannot sign in whatever becomes of others. */
export function isUnable({ standing }: Person): boolean {
  return standing === "inactive" || standing === "notFound";
}

/** Who has to sign in, and can. */
export function isAsked({ standing }: Person): boolean {
  return standing === "missing" || standing === "again";
}
