import { html, pageAnswer, redirectAnswer } from "../html.ts";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { authorizationRequest, STORAGE_RELAY } from "./authorization-request.ts";
import { errorRedirect } from "./error-page.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { SIGN_IN_PAGE } from "./sign-in-pages.ts";
import type { GoogleState } from "./state.ts";

/**
 * `GET /o/oauth2/v2/auth` (RFC 6749 section 4.1.1). Nobody is ever signed in here: a good request goes to the sign-in page,
 * or with `prompt=none` back to the redirect URI. Errors about client or redirect URI stay at Google.
 */
export function authorizationEndpoint({ url, headers }: HttpRequest, state: GoogleState): HttpAnswer {
  const request = authorizationRequest(url.href, state);
  if (isRefusal(request)) return errorRedirect(request);
  if (isEmbedded(headers["user-agent"] ?? "")) return errorRedirect(DISALLOWED_USERAGENT);
  const { redirectUri, prompt } = request;
  // Nothing but the 200 matters. Assumption: storage-relay.
  if (redirectUri.startsWith(STORAGE_RELAY)) return pageAnswer("Google", html``);
  if (prompt === "none") {
    const echo = request.state === undefined ? {} : { state: request.state };
    return redirectAnswer(redirectUri, { ...INTERACTION_REQUIRED, ...echo });
  }
  return redirectAnswer(SIGN_IN_PAGE, { continue: url.href, flowName: "GeneralOAuthFlow" });
}

const INTERACTION_REQUIRED = { error: "interaction_required", error_subtype: "access_denied" };

const DISALLOWED_USERAGENT: Refusal = {
  status: 403,
  error: "disallowed_useragent",
  description:
    "You can't sign in from this screen because this app doesn't comply with Google's secure browsers policy.",
};

/** Android's and Apple's web views inside of apps. */
function isEmbedded(userAgent: string): boolean {
  return /; wv\)|\bMobile\/\w+$/.test(userAgent);
}
