import { beginningOf, Fault, messageOf, remoteText } from "../fault.ts";
import { jsonOf, textOf } from "../json.ts";
import { duration } from "../network/deadline.ts";
import { type HttpResponse, isOwnMachine } from "../network/network.ts";
import { pageFault } from "../network/page.ts";
import { isBusy } from "../network/patient.ts";
import { retryAfter } from "../network/retry-after.ts";
import { ownOf } from "../values.ts";
import type { LastAnswer } from "./entra-http-client.ts";

/** Hints about a token of another issuer, which have to be read beside what it says. */
const FEDERATION_HINTS: Readonly<Record<string, string>> = {
  AADSTS70021: "No federated credential of the application matches the token.",
  AADSTS700211: "No federated credential of the application has the token's issuer; a slash at its end counts.",
  AADSTS700212: "No federated credential of the application has the token's audience; see oidcAudience.",
  AADSTS700213: "No federated credential of the application has the token's subject.",
  AADSTS7002138: "A federated credential differs from the token's subject by capital and small letters only.",
  AADSTS70025: "The application has no federated credential at all.",
  AADSTS700223: "The tenant does not allow federation: ask its administrator.",
  AADSTS700238: "A policy of the tenant does not allow the token's issuer: ask the tenant's administrator.",
  AADSTS70052: "The issuer needs a managed identity or an application of this tenant alone.",
  AADSTS501661:
    "Microsoft Entra cannot read the issuer's keys: its discovery document has to be reachable from the internet.",
  AADSTS5002727: "The token has another `typ` in its header than JWT: give an ID token, not an access token.",
  AADSTS50027: "Microsoft Entra cannot read the token: it is damaged, or none of this issuer.",
};

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
  AADSTS700027:
    "The application does not know this certificate, or it has expired: upload it under Certificates & secrets of the app registration; and check the clock of this machine.",
  AADSTS700021: "The assertion is of another application: check clientId.",
  AADSTS700023: "The assertion is for another authority: check tenantId and cloud.",
  AADSTS700024:
    "The assertion has expired, or is not valid yet: check the clock of this machine. A token in a variable lives for minutes only; GitHub Actions and Azure DevOps are asked for a new one where they are not given it as oidcToken.",
  AADSTS700030: "The application does not accept the subject name of this certificate: see sendCertificateChain.",
  AADSTS50012:
    "The signature of the assertion is not valid: the certificate and its key do not belong together, or the chain is missing.",
  AADSTS50013: "The assertion is not valid: check its issuer, its audience and the clock of this machine.",
  AADSTS500133: "The assertion is not within its time: check the clock of this machine.",
  ...FEDERATION_HINTS,
};

/** A sign-in that has failed. */
interface Failed {
  /** What failed, as a sentence without the final full stop. */
  readonly what: string;
  /** What to check where nothing better is known, as a sentence. */
  readonly check: string;
  /** In sentences, what the token of another issuer says that was presented. */
  readonly presented: string | undefined;
}

/** Where nobody has answered at all. Outside of Azure there is no endpoint for managed identities. */
export function unanswered({ check }: Failed, fault: Fault, last: LastAnswer): Fault {
  return isOfMachine(last) ? fault.and(check) : fault;
}

/** The library gives a text only, which may hold headers and pages. So its words count where nobody has answered, else the answer's own. */
export function refused(failed: Failed, error: unknown, last: LastAnswer): Fault {
  const { what, check, presented } = failed;
  const { answer } = last;
  if (!answer) return new Fault({ kind: "invalid-input", what, reason: remoteText(messageOf(error)), hint: check });
  const text = beginningOf(textOf(jsonOf(answer.text), "error_description"));
  const code = /AADSTS\d+/.exec(text)?.[0];
  if (code === undefined && isOfMachine(last)) return refusedByMachine(failed, answer);
  if (code === undefined)
    return pageFault(what, answer) ?? (isBusy(answer.status) ? busy(what, answer) : unexplained(failed, answer));
  const hint = ownOf(HINTS, code) ?? check;
  return new Fault({
    kind: "unauthenticated",
    what,
    said: sentenceAt(text, code),
    code,
    status: answer.status,
    requestId: /Trace ID: ([0-9a-fA-F-]{36})/.exec(text)?.[1],
    hint: presented && Object.hasOwn(FEDERATION_HINTS, code) ? `${hint} ${presented}` : hint,
  });
}

function isOfMachine({ url }: LastAnswer): boolean {
  return url !== undefined && isOwnMachine(new URL(url).hostname);
}

function unexplained({ what, check }: Failed, { status, text }: HttpResponse): Fault {
  const isRefusal = status >= 400;
  return new Fault({
    kind: isRefusal ? "unauthenticated" : "unexpected",
    what,
    reason: isRefusal ? "it was refused, and no reason was given" : "what came back is no answer of Microsoft Entra",
    code: oauthError(text),
    status,
    hint: `${check} Where they are right, something on the way has answered, such as a proxy or a firewall: look there.`,
  });
}

/** By the endpoint of a managed identity, where nobody stands between. */
function refusedByMachine({ what, check }: Failed, { status, text }: HttpResponse): Fault {
  return new Fault({
    kind: "unauthenticated",
    what,
    reason: "this machine's endpoint for managed identities gave no token",
    said: textOf(jsonOf(text), "error_description"),
    code: oauthError(text),
    status,
    hint: check,
  });
}

/** An error of OAuth 2.0 (RFC 6749 section 5.2), and nothing else that may stand there. */
function oauthError(text: string): string | undefined {
  const error = textOf(jsonOf(text), "error");
  return /^[a-z_]{1,40}$/.test(error) ? error : undefined;
}

/** What Entra says of a code, without the ids and times that follow. */
function sentenceAt(text: string, code: string): string {
  const [sentence = ""] = text.slice(text.indexOf(code)).split(/Trace ID:|\n/, 1);
  return sentence.trim();
}

function busy(what: string, { status, headers }: HttpResponse): Fault {
  const asked = retryAfter(headers);
  const throttled = status === 429;
  return new Fault({
    kind: throttled ? "throttled" : "unavailable",
    what,
    reason: `Microsoft Entra ${throttled ? "asks to slow down" : "is not able to answer"}${asked === undefined ? "" : ` and to wait ${duration(asked)}`}`,
    status,
    hint: "Run it again later; if it stays so, look at the service health of Microsoft Entra.",
  });
}
