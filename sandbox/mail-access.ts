import { type DataverseState, findRow, type Row, rowsOf } from "./dataverse/state.ts";
import { type LoginResult, type LoginTarget, mailLogin } from "./gmail/login.ts";

/** What Dynamics needs to log in to mail servers with what a mailbox and its profile hold. */
export interface MailAccess {
  /** Exchanges the mailbox's refresh token for an access token, as the service does. */
  readonly accessToken: (client: { id: string; secret: string }, refreshToken: string) => Promise<TokenAnswer>;
  readonly connect: (host: string, port: number) => { host: string; port: number };
  readonly ca: string;
}

/** `passing`: Google did not answer, or not by a refusal. */
export type TokenAnswer = { readonly token: string } | { readonly error: string; readonly passing: boolean };

export type Direction = "incoming" | "outgoing";

/** Why a login is not tried, or has failed, in the words of an alert. */
export interface Problem {
  readonly text: string;
  readonly code: number;
  readonly details?: string;
  /** It may end by itself. */
  readonly passing?: boolean;
}

const LOGIN_TIMEOUT_MS = 10_000;
/** Option of `incomingcredentialretrieval` and `outgoingcredentialretrieval`. */
const GMAIL_OAUTH = 5;
export const CREDENTIALS =
  "The email message cannot be processed because the credentials specified in the associated email server profile are incorrect or have insufficient permissions.";
/** Replies to a login that are no verdict on the account. */
const PASSING = /too many|OVERQUOTA|bandwidth|IN-USE|SYS\/TEMP|UNAVAILABLE|temporary|^4\d\d/i;

export function profileOf(state: DataverseState, mailbox: Row): Row | undefined {
  return findRow(state, "emailserverprofiles", "emailserverprofileid", String(mailbox["_emailserverprofile_value"]));
}

/** What has to be in place before a login is worth a try. Assumption: test-order-of-checks. */
export function precondition(row: Row, profile: Row | undefined, state: DataverseState): Problem | undefined {
  const name = String(row["name"]);
  if (row["statecode"] === 1) return { code: 19, text: `The mailbox ${name} is inactive.` };
  if (!row["emailaddress"]) return { code: 20, text: `The e-mail address of the mailbox ${name} is missing.` };
  if (profile?.["statecode"] !== 0) {
    return {
      code: 21,
      text: `Email cannot be received because the mailbox ${name} does not have an email server profile associated with it or the email server profile is inactive.`,
      details: "InvalidIncomingEmailServerProfile",
    };
  }
  const organization = rowsOf(state, "organizations")[0];
  const queue = row["regardingobjecttypecode"] === "queue";
  const required = organization?.[queue ? "requireapprovalforqueueemail" : "requireapprovalforuseremail"] !== false;
  if (required && row["emailrouteraccessapproval"] !== 1) {
    return {
      code: 30,
      text: "One or more mailboxes have been disabled for sending/receiving email because their email addresses haven't been approved.",
    };
  }
  return undefined;
}

/** Whether the profile has Dynamics receive or send by Gmail OAuth. Assumption: test-gmail-oauth-only. */
export function usesGmailOAuth(profile: Row, direction: Direction): boolean {
  return profile[`${direction}credentialretrieval`] === GMAIL_OAUTH;
}

/** Logs in as Dynamics does, and out again. Never throws: what goes wrong here is a problem of the mailbox. */
export function logIn(access: MailAccess, direction: Direction, row: Row, profile: Row): Promise<Problem | undefined> {
  return attempt(access, direction, row, profile).catch((error: unknown) => ({
    code: 1,
    text: "An unexpected error occurred.",
    details: error instanceof Error ? error.message : String(error),
    passing: true,
  }));
}

async function attempt(access: MailAccess, direction: Direction, row: Row, profile: Row): Promise<Problem | undefined> {
  const client = { id: String(profile["oauthclientid"]), secret: String(profile["oauthclientsecret"]) };
  if (!usesGmailOAuth(profile, direction)) {
    return { code: 64, text: CREDENTIALS, details: `${direction}credentialretrieval is not Gmail OAuth (5).` };
  }
  const refreshToken = row["oauthrefreshtoken"];
  if (typeof refreshToken !== "string") {
    return { code: 64, text: CREDENTIALS, details: "The mailbox has no OAuth refresh token." };
  }
  const exchanged = await access.accessToken(client, refreshToken);
  if ("error" in exchanged) {
    return { code: 64, text: CREDENTIALS, details: exchanged.error, passing: exchanged.passing };
  }
  const host = String(profile[`${direction}serverlocation`]);
  const port = Number(profile[`${direction}portnumber`]);
  const target: LoginTarget = {
    protocol: direction === "outgoing" ? "smtp" : profile["servertype"] === 1 ? "pop3" : "imap",
    host,
    port,
    connect: access.connect(host, port),
    ca: access.ca,
    user: String(row["emailaddress"]),
    accessToken: exchanged.token,
    timeoutMs: LOGIN_TIMEOUT_MS,
  };
  return problemOf(await mailLogin(target), direction, host);
}

function problemOf(result: LoginResult, direction: Direction, host: string): Problem | undefined {
  if (result.ok) return undefined;
  const { code, message } = result;
  if (code === "CONNECTION") {
    const which =
      direction === "incoming"
        ? "InvalidIncomingEmailServerProfileConfiguration"
        : "InvalidOutgoingEmailServerProfileConfiguration";
    const text = `Socket returned exception ${which} HostNotFound`;
    return { code: 35, text, details: `${host}: ${message}`, passing: true };
  }
  const passing = code === "TIMEOUT" || code === "PROTOCOL" || PASSING.test(message);
  return { code: 64, text: CREDENTIALS, details: message, passing };
}
