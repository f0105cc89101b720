import { randomBytes } from "node:crypto";
import { type Html, html, pageAnswer, redirectAnswer } from "../html.ts";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { type AuthorizationRequest, authorizationRequest } from "./authorization-request.ts";
import { nowOf } from "./clock.ts";
import { appOf, consentRefusal } from "./consent.ts";
import { errorRedirect } from "./error-page.ts";
import { findAccount } from "./mail-access.ts";
import { isRefusal } from "./refusal.ts";
import type { GmailAccount, GoogleState } from "./state.ts";

export const SIGN_IN_PAGE = "https://accounts.google.com/v3/signin/identifier";
const CONSENT_PAGE = "https://accounts.google.com/signin/oauth/consent";
/** Milliseconds that a code is good for. Assumption: code-lifetime. */
const CODE_LIFE_MS = 600_000;
/** Accounts that the page offers; any other can be typed. */
const OFFERED = 20;

/** Choosing an account. No password: everybody is who they say. `continue` is the authorization request. */
export function signInPage({ url }: HttpRequest, state: GoogleState): HttpAnswer {
  const goal = url.searchParams.get("continue") ?? "";
  const known = authorizationRequest(goal, state);
  if (isRefusal(known)) return errorRedirect(known);
  const accounts = state.accounts.slice(0, OFFERED).map(({ address }) => html`<li>${button("account", address)}</li>`);
  const form = html`<form action="${CONSENT_PAGE}" method="get">${hidden("continue", goal)}<ul>${accounts}</ul></form>
    <form action="${CONSENT_PAGE}" method="get">${hidden("continue", goal)}<label>Email <input name="account" type="email"></label> <button>Next</button></form>`;
  return pageAnswer("Sign in with Google", form);
}

/** What is asked for, and by whom; or the page that says why not. */
export function consentPage({ url, headers }: HttpRequest, state: GoogleState): HttpAnswer {
  const goal = url.searchParams.get("continue") ?? "";
  const known = authorizationRequest(goal, state);
  if (isRefusal(known)) return errorRedirect(known);
  const account = findAccount(state, url.searchParams.get("account") ?? "");
  if (!account) return signInPage({ method: "GET", url, headers, body: "" }, state);
  const refusal = consentRefusal(state, known.client, account.address);
  if (refusal) return errorRedirect(refusal);
  const { audience, verified } = appOf(state, known.client);
  const warning = audience === "external" && !verified ? html`<p>Google hasn’t verified this app</p>` : html``;
  const scopes = known.scope.split(" ").map((scope) => html`<li><code>${scope}</code></li>`);
  const form = html`<p>${account.address}</p>${warning}<p>${known.client.clientId} wants access to your Google Account:</p><ul>${scopes}</ul>
    <form action="${CONSENT_PAGE}" method="post">${hidden("continue", goal)}${hidden("account", account.address)}${button("answer", "Cancel")} ${button("answer", "Continue")}</form>`;
  return pageAnswer("Sign in with Google", form);
}

/** The user's answer goes back to the redirect URI (RFC 6749 section 4.1.2). */
export function consentAnswer({ body }: HttpRequest, state: GoogleState): HttpAnswer {
  const form = new URLSearchParams(body);
  const known = authorizationRequest(form.get("continue") ?? "", state);
  if (isRefusal(known)) return errorRedirect(known);
  const account = findAccount(state, form.get("account") ?? "");
  const refusal = account && consentRefusal(state, known.client, account.address);
  if (refusal) return errorRedirect(refusal);
  const echo: Record<string, string> = known.state === undefined ? {} : { state: known.state };
  if (!account || form.get("answer") !== "Continue")
    return redirectAnswer(known.redirectUri, { error: "access_denied", ...echo });
  return redirectAnswer(known.redirectUri, { ...echo, code: newCode(known, account, state), scope: known.scope });
}

function newCode(request: AuthorizationRequest, { address }: GmailAccount, state: GoogleState): string {
  const { client, redirectUri, scope, offline, codeChallenge } = request;
  const code = `4/sandbox-${randomBytes(24).toString("base64url")}`;
  const expiresAt = nowOf(state) + CODE_LIFE_MS;
  state.codes = state.codes.filter((known) => known.expiresAt > nowOf(state));
  const { clientId } = client;
  state.codes.push({
    ...{ code, clientId, redirectUri, scope, address, offline, expiresAt },
    ...(codeChallenge !== undefined && { codeChallenge }),
  });
  return code;
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

function button(name: string, value: string): Html {
  return html`<button name="${name}" value="${value}">${value}</button>`;
}
