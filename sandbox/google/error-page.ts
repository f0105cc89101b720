import { html, pageAnswer, redirectAnswer } from "../html.ts";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { authError, type Offender } from "./auth-error.ts";
import type { Refusal } from "./refusal.ts";

/** Where the browser ends when Google will not go back to the redirect URI. */
export function errorRedirect(refusal: Refusal & { readonly offender?: Offender }): HttpAnswer {
  return redirectAnswer("https://accounts.google.com/signin/oauth/error", {
    authError: authError(refusal, refusal.offender),
    flowName: "GeneralOAuthFlow",
  });
}

/** The page itself; the code stands in the markup, too. Seen with HTTP 200 up to October 2026. */
export function errorPage({ url }: HttpRequest): HttpAnswer {
  const text = Buffer.from(url.searchParams.get("authError") ?? "", "base64").toString("latin1");
  const code = /[a-z]+(_[a-z]+)+/.exec(text)?.[0] ?? "invalid_request";
  return pageAnswer("Access blocked", html`<p data-error-code="${code}">Error: ${code}</p>`);
}
