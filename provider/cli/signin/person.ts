import { Fault, onOneLine } from "../../fault.ts";
import { maskData } from "../../redaction/secrets.ts";
import type { Context } from "../../resource/context.ts";
import type { MailboxKind } from "../../resources/mailbox/definition.ts";
import { kindOf, mailboxUrl } from "../../resources/mailbox/find.ts";
import { signInFinding } from "../../resources/mailbox-activation/preconditions.ts";
import { seen } from "../../schema/step.ts";
import { findingOf, seek } from "../doctor/look.ts";
import type { Target } from "../doctor/target.ts";

/** How it stands with a sign-in: what it is called for people, and whether somebody has to do it now. */
export const STANDINGS = {
  missing: { words: "has not signed in", mark: "…" },
  again: { words: "has to sign in again, as the mailbox has come to another client", mark: "…" },
  /** Its page in Dynamics offers nobody to sign in before. */
  notReady: { words: "cannot sign in before `pulumi up` has given the mailbox a profile", mark: "–" },
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
      standing: await standingOf(target, row, context),
      webUrl: mailboxUrl(context.environmentUrl, row.mailboxid),
    };
  } catch (error) {
    const finding = error instanceof Fault ? findingOf(error, "sought") : undefined;
    if (!finding) throw error;
    return { address, name: address, kind, client, standing: "notFound", webUrl: "", why: seen(finding) };
  }
}

async function standingOf(
  { expected }: Target,
  row: Awaited<ReturnType<typeof seek>>,
  context: Context,
): Promise<Standing> {
  if (row.statecode !== 0) return "inactive";
  const { _emailserverprofile_value: profileId } = row;
  if (profileId === null) return "notReady";
  // Only a stack knows whom somebody has signed in to.
  const profile =
    expected?.token && (await context.dataverse.retrieve("emailserverprofiles", profileId, context.deadline));
  const { code } = signInFinding(row, profile, expected?.token);
  return code === "NOT_SIGNED_IN" ? "missing" : code === "SIGN_IN_AGAIN" ? "again" : "signedIn";
}

/** Who has to sign in, and can. */
export function isAsked({ standing }: Person): boolean {
  return standing === "missing" || standing === "again";
}
