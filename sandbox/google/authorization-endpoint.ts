import type { HttpAnswer, HttpRequest } from "../http.ts";
import { authError, type Offender } from "./auth-error.ts";
import { activeClient, isRefusal, missing, type Refusal, singleValued } from "./refusal.ts";
import type { GoogleClient, GoogleState } from "./state.ts";

/** A pseudo redirect URI by which Google's old browser library asked whether an origin is registered. */
const STORAGE_RELAY = "storagerelay://";

/**
 * `GET /o/oauth2/v2/auth` (RFC 6749 section 4.1.1). Nobody is ever signed in here: a good request goes to the sign-in page,
 * or with `prompt=none` back to the redirect URI. Errors about client or redirect URI stay at Google.
 */
export function authorizationEndpoint(request: HttpRequest, state: GoogleState): HttpAnswer {
  const values = singleValued(request.url.searchParams);
  if (isRefusal(values)) return errorPage(values);
  const clientId = values.get("client_id");
  if (clientId === undefined) return errorPage(missing("client_id"));
  const client = activeClient(state, clientId);
  if (isRefusal(client)) return errorPage(client);
  const redirectUri = values.get("redirect_uri");
  if (redirectUri === undefined) return errorPage(missing("redirect_uri"));
  if (!isRegistered(client, redirectUri)) {
    return errorPage(REDIRECT_URI_MISMATCH, { key: "redirect_uri", value: redirectUri });
  }
  const absent = ["response_type", "scope"].find((name) => !values.has(name));
  if (absent !== undefined) return errorPage(missing(absent));
  // Assumption: seen by third parties only; nothing but the 200 matters.
  if (redirectUri.startsWith(STORAGE_RELAY)) return { status: 200, headers: HTML, body: "<!doctype html>" };
  if (values.get("prompt") === "none") {
    const echo = values.get("state");
    return redirect(redirectUri, { ...INTERACTION_REQUIRED, ...(echo === undefined ? {} : { state: echo }) });
  }
  return redirect("https://accounts.google.com/v3/signin/identifier", {
    continue: request.url.href,
    flowName: "GeneralOAuthFlow",
  });
}

const HTML = { "content-type": "text/html; charset=utf-8" };

const INTERACTION_REQUIRED = { error: "interaction_required", error_subtype: "access_denied" };

const REDIRECT_URI_MISMATCH: Refusal = {
  status: 400,
  error: "redirect_uri_mismatch",
  description: "The redirect URI in the request is not registered for the OAuth client.",
};

/** Redirect URIs are compared as exact strings: one slash more or less is another URI. */
function isRegistered(client: GoogleClient, redirectUri: string): boolean {
  if (!redirectUri.startsWith(STORAGE_RELAY)) return client.redirectUris.includes(redirectUri);
  const [scheme, host] = redirectUri.slice(STORAGE_RELAY.length).split(/[/?]/);
  return client.javascriptOrigins.includes(`${scheme}://${host}`);
}

function errorPage(refusal: Refusal, offender?: Offender): HttpAnswer {
  return redirect("https://accounts.google.com/signin/oauth/error", {
    authError: authError(refusal, offender),
    flowName: "GeneralOAuthFlow",
  });
}

function redirect(to: string, parameters: Readonly<Record<string, string>>): HttpAnswer {
  const query = new URLSearchParams(parameters).toString();
  return { status: 302, headers: { ...HTML, location: `${to}${to.includes("?") ? "&" : "?"}${query}` }, body: "" };
}
