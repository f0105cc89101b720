import { nowOf } from "./clock.ts";
import { type Refusal, UNUSED_MS } from "./refusal.ts";
import { type ConsentApp, type GoogleClient, type GoogleState, type Grant, newApp } from "./state.ts";

const DAY_MS = 24 * 3600 * 1000;
/** What a user has consented to while the app was in testing: https://support.google.com/cloud/answer/15549945 */
const TESTING_CONSENT_MS = 7 * DAY_MS;
/** Users of an app that is not verified, over the life of its project: https://support.google.com/cloud/answer/13464323 */
const USER_CAP = 100;
/** Live refresh tokens per account and client; one more ends the oldest: https://developers.google.com/identity/protocols/oauth2 */
const TOKEN_CAP = 100;

/** Why the user may not consent; what they see is the error page with this code. */
export function consentRefusal(state: GoogleState, client: GoogleClient, address: string): Refusal | undefined {
  const app = appOf(state, client);
  const is = (known: string) => known.toLowerCase() === address.toLowerCase();
  if (app.blockedByAdmin) {
    return refusal(400, "admin_policy_enforced", "Access blocked: your institution's admin needs to review this app.");
  }
  if (app.audience === "internal") {
    const inside = address.toLowerCase().endsWith(`@${app.organizationDomain.toLowerCase()}`);
    return inside
      ? undefined
      : refusal(403, "org_internal", "This client is restricted to users within its organization.");
  }
  if (app.publishingStatus === "testing" && !app.testUsers.some(is)) {
    return refusal(
      403,
      "access_denied",
      "The developer hasn't given you access to this app. It's currently being tested and it hasn't been verified by Google.",
    );
  }
  const capped = app.publishingStatus === "production" && !app.verified;
  // Assumption: user-cap-page.
  return capped && app.users.length >= USER_CAP && !app.users.some(is)
    ? refusal(403, "access_denied", "Sign in with Google temporarily disabled for this app.")
    : undefined;
}

/** Keeps a consent. The clock of one given in testing runs out, whatever becomes of the app. */
export function keepConsent(state: GoogleState, client: GoogleClient, grant: Grant): Grant {
  const app = appOf(state, client);
  if (!app.users.includes(grant.address)) app.users.push(grant.address);
  const kept: Grant = { ...grant, ...consentTimes(state, app) };
  const others = state.grants.filter(({ refreshToken }) => refreshToken !== grant.refreshToken);
  const mine = others.filter(({ address, clientId }) => address === grant.address && clientId === grant.clientId);
  const ended = new Set(mine.slice(0, Math.max(0, mine.length - TOKEN_CAP + 1)));
  state.grants = [...others.filter((other) => !ended.has(other)), kept];
  return kept;
}

/** What decides when a consent that is given now ends by itself. */
export function consentTimes(
  state: GoogleState,
  { audience, publishingStatus }: ConsentApp,
): Pick<Grant, "usedAt" | "endsAt"> {
  const testing = audience === "external" && publishingStatus === "testing";
  return { usedAt: nowOf(state), ...(testing && { endsAt: nowOf(state) + TESTING_CONSENT_MS }) };
}

/** Whether a grant still gives tokens. */
export function isAlive(state: GoogleState, { state: condition, endsAt, usedAt }: Grant): boolean {
  const now = nowOf(state);
  const used = usedAt === undefined || now - usedAt <= UNUSED_MS;
  return condition === "valid" && used && (endsAt === undefined || now < endsAt);
}

/** An app whose consent screen nobody has filled in is internal. */
export function appOf(state: GoogleState, { projectId }: GoogleClient): ConsentApp {
  const project = state.projects.find((known) => known.projectId === projectId);
  return project?.app ?? newApp(state.domain);
}

function refusal(status: number, error: string, description: string): Refusal {
  return { status, error, description };
}
