import { type AlertText, type Direction, LOGIN_ALERTS } from "./alert-texts.ts";
import { type DataverseState, findRow, type Row, rowsOf } from "./dataverse/state.ts";
import { type LoginResult, type LoginTarget, mailLogin } from "./gmail/login.ts";

/** What Dynamics needs to log in to mail servers with what a mailbox and its profile hold. */
export interface MailAccess {
  /** Exchanges the mailbox's refresh token for an access token, as the service does. */
  readonly accessToken: (client: { id: string; secret: string }, refreshToken: string) => Promise<TokenAnswer>;
  /** Where the server of that name is; undefined where there is none. */
  readonly connect: (host: string, port: number) => { host: string; port: number } | undefined;
  readonly ca: string;
}

/** `passing`: Google did not answer, or not by a refusal. */
export type TokenAnswer = { readonly token: string } | { readonly error: string; readonly passing: boolean };

/** Why a login is not tried, or has failed, in the words of an alert. */
export interface Problem extends AlertText {
  readonly code: number;
  readonly details?: string;
  /** It may end by itself. */
  readonly passing?: boolean;
}

const LOGIN_TIMEOUT_MS = 10_000;
/** Option of `incomingcredentialretrieval` and `outgoingcredentialretrieval`. */
const GMAIL_OAUTH = 5;
/** Replies to a login that are no verdict on the account. */
const PASSING = /too many|OVERQUOTA|bandwidth|IN-USE|SYS\/TEMP|UNAVAILABLE|temporary|^4\d\d/i;

export function profileOf(state: DataverseState, mailbox: Row): Row | undefined {
  return findRow(state, "emailserverprofiles", "emailserverprofileid", String(mailbox["_emailserverprofile_value"]));
}

/** What has to be in place before a login is worth a try. Assumption: test-order-of-checks. */
export function precondition(row: Row, profile: Row | undefined, state: DataverseState): Problem | undefined {
  const name = String(row["name"]);
  if (row["statecode"] === 1) return { code: 19, text: `The mailbox ${name} is inactive.`, type: "MailboxDisabled" };
  if (!row["emailaddress"]) return { code: 20, text: `The e-mail address of the mailbox ${name} is missing.` };
  if (profile?.["statecode"] !== 0) {
    return {
      code: 21,
      text: `Email cannot be received because the mailbox ${name} does not have an email server profile associated with it or the email server profile is inactive.`,
      type: "InvalidIncomingEmailServerProfile",
    };
  }
  const organization = rowsOf(state, "organizations")[0];
  const queue = row["regardingobjecttypecode"] === "queue";
  const required = organization?.[queue ? "requireapprovalforqueueemail" : "requireapprovalforuseremail"] !== false;
  if (required && row["emailrouteraccessapproval"] !== 1) {
    return {
      code: 30,
      text: `Email cannot be received for the mailbox ${name} because the email address of the mailbox ${name} is not approved and the mailbox has been disabled.`,
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
  const named = { mailbox: String(row["name"]), profile: String(profile["name"]) };
  const problem = (kind: keyof typeof LOGIN_ALERTS, details: string): Problem => ({
    ...LOGIN_ALERTS[kind][direction](named),
    code: kind === "host" ? 35 : 64,
    details: `>Error : ${details}`,
    passing: kind === "connecting",
  });
  if (!usesGmailOAuth(profile, direction)) {
    return problem("client", `${direction}credentialretrieval is not Gmail OAuth (5).`);
  }
  const refreshToken = row["oauthrefreshtoken"];
  if (typeof refreshToken !== "string") return problem("consent", "The mailbox has no OAuth refresh token.");
  const client = { id: String(profile["oauthclientid"]), secret: String(profile["oauthclientsecret"]) };
  const exchanged = await access.accessToken(client, refreshToken);
  if ("error" in exchanged) {
    const { error, passing } = exchanged;
    return problem(passing ? "connecting" : /_client:/.test(error) ? "client" : "consent", error);
  }
  const host = String(profile[`${direction}serverlocation`]);
  const port = Number(profile[`${direction}portnumber`]);
  const connect = access.connect(host, port);
  if (!connect) return problem("host", "System.Net.Sockets.SocketException (0x80004005): No such host is known");
  const protocol = direction === "outgoing" ? "smtp" : profile["servertype"] === 1 ? "pop3" : "imap";
  const target: LoginTarget = {
    protocol,
    host,
    port,
    connect,
    ca: access.ca,
    user: String(row["emailaddress"]),
    accessToken: exchanged.token,
    timeoutMs: LOGIN_TIMEOUT_MS,
  };
  const result = await mailLogin(target);
  if (result.ok) return undefined;
  const { code, message } = result;
  return problem(kindOf(result), code === "AUTHENTICATION" ? DETAILS[protocol](message) : message);
}

function kindOf({ code, message }: LoginFailure): keyof typeof LOGIN_ALERTS {
  if (code === "TLS") return "tls";
  return ["CONNECTION", "TIMEOUT", "PROTOCOL"].includes(code) || PASSING.test(message) ? "connecting" : "login";
}

type LoginFailure = Extract<LoginResult, { ok: false }>;

const AUTHENTICATION = "MailKit.Security.AuthenticationException: ";

/** How the client of each protocol keeps a reply. Assumption: alert-details. */
const DETAILS: Readonly<Record<LoginTarget["protocol"], (reply: string) => string>> = {
  // Without the codes in brackets.
  imap: (reply) => `${AUTHENTICATION}${reply.replace(/^(NO|BAD|\* BYE) (\[[^\]]*\] )?/, "")}`,
  smtp: (reply) =>
    `${AUTHENTICATION}${reply.replaceAll(/ \d{3}[- ](?=\d\.\d\.\d)/g, " ").replace(/^(\d{3})[- ]/, "$1: ")}`,
  pop3: (reply) => reply,
};
