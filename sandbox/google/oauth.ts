import type { HttpAnswer, HttpRequest, HttpService } from "../http.ts";
import type { FetchOf } from "../issuer-keys.ts";
import { authorizationEndpoint } from "./authorization-endpoint.ts";
import { errorPage } from "./error-page.ts";
import { gmailSettings } from "./gmail-api.ts";
import { iamCredentials } from "./iam-credentials.ts";
import { projects } from "./projects.ts";
import { consentAnswer, consentPage, signInPage } from "./sign-in-pages.ts";
import type { GoogleState } from "./state.ts";
import { tokenExchange } from "./sts.ts";
import { tokenEndpoint } from "./token-endpoint.ts";
import { revoke, tokenInfo } from "./token-info.ts";
import { gmailProfile, userInfo } from "./user-info.ts";

type Endpoint = (request: HttpRequest, state: GoogleState, fetch: FetchOf) => Promise<HttpAnswer> | HttpAnswer;

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ["POST oauth2.googleapis.com/token", tokenEndpoint],
  ["GET oauth2.googleapis.com/tokeninfo", tokenInfo],
  ["POST oauth2.googleapis.com/tokeninfo", tokenInfo],
  ["POST oauth2.googleapis.com/revoke", revoke],
  ["POST sts.googleapis.com/v1/token", tokenExchange],
  ["GET accounts.google.com/o/oauth2/v2/auth", authorizationEndpoint],
  ["GET accounts.google.com/v3/signin/identifier", signInPage],
  ["GET accounts.google.com/signin/oauth/consent", consentPage],
  ["POST accounts.google.com/signin/oauth/consent", consentAnswer],
  ["GET accounts.google.com/signin/oauth/error", errorPage],
  ["GET openidconnect.googleapis.com/v1/userinfo", userInfo],
  ["GET gmail.googleapis.com/gmail/v1/users/me/profile", gmailProfile],
]);

/** Google's OAuth 2.0 for web clients. The state is asked for anew with each request, as the world can be reset. */
export function googleOAuthService(state: () => GoogleState, fetch: FetchOf = () => undefined): HttpService {
  return (request) => {
    const { hostname, pathname } = request.url;
    if (hostname === "iamcredentials.googleapis.com") return iamCredentials(request, state());
    if (hostname === "cloudresourcemanager.googleapis.com" || hostname === "serviceusage.googleapis.com")
      return projects(request, state());
    const endpoint = ENDPOINTS.get(`${request.method} ${hostname}${pathname}`);
    if (!endpoint && hostname === "gmail.googleapis.com") return gmailSettings(request, state());
    return endpoint === undefined ? { status: 404, body: "Not Found" } : endpoint(request, state(), fetch);
  };
}
