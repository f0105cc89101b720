import { Fault } from "../../fault.ts";
import { routeOf } from "../../google/mailbox-token.ts";
import type { Deadline } from "../../network/deadline.ts";
import type { Context } from "../../resource/context.ts";
import { isPersonal } from "../../schema/address.ts";
import type { GmailSettings } from "./definition.ts";

const NAMES = ["imap", "pop", "popDisposition"] as const;

export interface GmailSync {
  /** How what is declared was before the first change. */
  readonly original: GmailSettings | undefined;
  readonly problems: readonly Fault[];
}

interface Declared {
  readonly now: GmailSettings | undefined;
  /** What this resource has set. */
  readonly applied?: GmailSettings | undefined;
  readonly original?: GmailSettings | undefined;
}

/**
 * Sets what is declared, and puts back what no longer is, where it still is as this resource has set it. `keep` is told how it was before
 * anything is written. What Google refuses is a problem, kept for the next `up`.
 */
export async function syncGmail(
  address: string,
  declared: Declared,
  keep: (original: GmailSettings) => void,
  context: Context,
): Promise<GmailSync> {
  const { now = {}, applied = {}, original = {} } = declared;
  let kept = original;
  const told = (problems: readonly Fault[]): GmailSync => ({ original: isEmpty(kept) ? undefined : kept, problems });
  const released = chosen(original, (name) => now[name] === undefined);
  if (isEmpty({ ...released, ...now })) return told([]);
  const token = tokenFor(address, context);
  if (typeof token === "string") {
    context.log("info", `Gmail's settings of ${address} are skipped: ${token}.`);
    return told([]);
  }
  try {
    const { writeGmailSettings } = await import("../../google/gmail-settings.ts");
    const { network, finishing: deadline } = context;
    const accessToken = await token(deadline);
    await writeGmailSettings({ address, accessToken, network, deadline }, (live) => {
      const first = chosen(live, (name) => now[name] !== undefined && original[name] === undefined);
      kept = { ...original, ...first };
      keep(kept);
      return { ...chosen(released, (name) => live[name] === applied[name]), ...now };
    });
    kept = chosen(kept, (name) => now[name] !== undefined);
    return told([]);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return told([error]);
  }
}

/** The declared settings as Gmail has them now; as they are declared where they cannot be read. */
export async function seenGmail(address: string, declared: GmailSettings, context: Context): Promise<GmailSettings> {
  const token = tokenFor(address, context);
  if (typeof token === "string" || isEmpty(declared)) return declared;
  try {
    const { readGmailSettings } = await import("../../google/gmail-settings.ts");
    const { network, deadline } = context;
    const live = await readGmailSettings({ address, accessToken: await token(deadline), network, deadline });
    return chosen(live, (name) => declared[name] !== undefined);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "cancelled") throw error;
    context.log("warning", error.and("Whether they have changed is not known."));
    return declared;
  }
}

/**
 * Only delegation reaches the settings: a token of the mail's scope may read and not change them. Or why there is none. At
 * a personal account IMAP is always on: https://support.google.com/mail/answer/7126229
 */
function tokenFor(address: string, context: Context): ((deadline: Deadline) => Promise<string>) | string {
  const { mailCredential: credential, mailTokens } = context;
  if (isPersonal(address))
    return "it is a personal account, where IMAP is always on and no delegation reaches POP; the login decides";
  if (!credential || routeOf(credential) !== "delegation")
    return "there is no credential with domain-wide delegation; the login decides";
  return async (deadline) => {
    const { SETTINGS_SCOPE } = await import("../../google/gmail-settings.ts");
    return mailTokens.get(address, credential, deadline, SETTINGS_SCOPE);
  };
}

/** Some of the settings. */
export function chosen(settings: GmailSettings, keep: (name: (typeof NAMES)[number]) => boolean): GmailSettings {
  const { imap, pop, popDisposition } = settings;
  return {
    ...(imap !== undefined && keep("imap") && { imap }),
    ...(pop !== undefined && keep("pop") && { pop }),
    ...(popDisposition !== undefined && keep("popDisposition") && { popDisposition }),
  };
}

export function isEmpty(settings: GmailSettings): boolean {
  return NAMES.every((name) => settings[name] === undefined);
}
