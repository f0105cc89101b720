import type { HttpClient } from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import { beginningOf, Fault, messageOf } from "../fault.ts";
import { jsonOf, textOf } from "../json.ts";
import { type Deadline, duration } from "../network/deadline.ts";
import { Kept } from "../network/kept.ts";
import type { HttpResponse, Network } from "../network/network.ts";
import { pageFault } from "../network/page.ts";
import { isBusy } from "../network/patient.ts";
import { retryAfter } from "../network/retry-after.ts";
import { mask, minted } from "../redaction/secrets.ts";
import { ownOf } from "../values.ts";
import { entraHttpClient, type LastAnswer } from "./entra-http-client.ts";

export interface EntraCredentials {
  /** URL of the cloud's authority: `https://login.microsoftonline.com`. */
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Gives an access token that stays good for some minutes; another one than that which was refused before its time. */
export type TokenSource = (deadline: Deadline, refused?: string) => Promise<string>;

/** A token is renewed this long before it expires. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** Longest time for one sign-in, whoever waits for it: less than those have, so that they hear why. */
const SIGN_IN_LIMIT_MS = 55_000;

const CHECK = "Check tenantId, clientId and clientSecret.";

/** Hints by Entra's codes (Microsoft: "Microsoft Entra authentication and authorization error codes"). */
export const HINTS: Readonly<Record<string, string>> = {
  AADSTS7000215: "clientSecret is wrong. The secret's value is wanted, not its id.",
  AADSTS7000222: "clientSecret has expired: create a new one under Certificates & secrets of the app registration.",
  AADSTS7000112: "The application is disabled in the tenant: enable it under Enterprise applications.",
  AADSTS700016: "The tenant has no application with this clientId: check clientId and tenantId.",
  AADSTS90002: "The cloud has no such tenant: check tenantId, and cloud where the tenant is not in the public one.",
  AADSTS900382: "The tenant is in another cloud: check tenantId, environmentUrl and cloud.",
  AADSTS900023: "tenantId is neither a tenant's id nor one of its domains.",
  AADSTS500011: "The tenant does not know this environment: check environmentUrl and tenantId.",
  AADSTS50034: "The tenant does not know this identity: check clientId and tenantId.",
  AADSTS53003: "A Conditional Access policy of the tenant blocks the application: ask the tenant's administrator.",
};

/**
 * Access tokens of Microsoft Entra by @azure/identity, which is loaded with the first one. Tokens are kept until five
 * minutes before they expire, and one sign-in serves all who wait for it.
 */
export function entraTokens(credentials: EntraCredentials, scope: string, network: Network): TokenSource {
  const kept = new Kept<string>(SIGN_IN_LIMIT_MS);
  const what = `Signing in to Microsoft Entra as application ${credentials.clientId}`;
  return (deadline, refused) => {
    kept.drop("", refused);
    return kept.get("", what, deadline, async (limit) => {
      const { token, expiresOnTimestamp } = await accessToken(credentials, scope, network, limit, what);
      return { value: minted(token), until: expiresOnTimestamp - RENEW_BEFORE_MS };
    });
  };
}

async function accessToken(
  credentials: EntraCredentials,
  scope: string,
  network: Network,
  deadline: Deadline,
  what: string,
): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }> {
  const last: LastAnswer = {};
  try {
    const credential = await credentialFor(credentials, await entraHttpClient(network, deadline, last));
    const token = await credential.getToken(scope);
    if (token) return token;
  } catch (error) {
    throw last.fault ?? refused(what, error, last.answer);
  }
  throw new Fault({ kind: "unexpected", what: `${what}: Microsoft Entra gave no token` });
}

/** The one place that knows the kind of the credentials. */
async function credentialFor(credentials: EntraCredentials, httpClient: HttpClient): Promise<TokenCredential> {
  const { ClientSecretCredential } = await import("@azure/identity");
  const { authority, tenantId, clientId, clientSecret } = credentials;
  return new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: authority,
    httpClient,
    retryOptions: { maxRetries: 0 },
  });
}

/** The library gives a text only, which may hold headers and pages. So its words count where nobody has answered, else the answer's own. */
function refused(what: string, error: unknown, answer: HttpResponse | undefined): Fault {
  if (!answer) return new Fault({ kind: "invalid-input", what, said: mask(messageOf(error)), hint: CHECK });
  const text = beginningOf(textOf(jsonOf(answer.text), "error_description"));
  const code = /AADSTS\d+/.exec(text)?.[0];
  if (code === undefined)
    return pageFault(what, answer) ?? (isBusy(answer.status) ? busy(what, answer) : unexplained(what, answer));
  return new Fault({
    kind: "unauthenticated",
    what,
    said: sentenceAt(text, code),
    code,
    status: answer.status,
    requestId: /Trace ID: ([0-9a-fA-F-]{36})/.exec(text)?.[1],
    hint: ownOf(HINTS, code) ?? CHECK,
  });
}

function unexplained(what: string, { status, text }: HttpResponse): Fault {
  const error = textOf(jsonOf(text), "error");
  const isRefusal = status >= 400;
  return new Fault({
    kind: isRefusal ? "unauthenticated" : "unexpected",
    what,
    reason: isRefusal ? "it was refused, and no reason was given" : "what came back is no answer of Microsoft Entra",
    // An error of OAuth 2.0 (RFC 6749 section 5.2), and nothing else that may stand there.
    code: /^[a-z_]{1,40}$/.test(error) ? error : undefined,
    status,
    hint: `${CHECK} Where they are right, something on the way has answered, such as a proxy or a firewall: look there.`,
  });
}

/** What Entra says of a code, without the ids and times that follow. */
function sentenceAt(text: string, code: string): string {
  const [sentence = ""] = text.slice(text.indexOf(code)).split(/Trace ID:|\n/, 1);
  return sentence.trim();
}

function busy(what: string, { status, headers }: HttpResponse): Fault {
  const asked = retryAfter(headers["retry-after"]);
  const throttled = status === 429;
  return new Fault({
    kind: throttled ? "throttled" : "unavailable",
    what,
    reason: `Microsoft Entra ${throttled ? "asks to slow down" : "is not able to answer"}${asked === undefined ? "" : ` and to wait ${duration(asked)}`}`,
    status,
    hint: "Run it again later; if it stays so, look at the service health of Microsoft Entra.",
  });
}
