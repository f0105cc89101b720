import type { Assumption } from "./assumption.ts";

const WEB_SERVER = "https://developers.google.com/identity/protocols/oauth2/web-server";
const PROTOCOL = "https://developers.google.com/identity/protocols/oauth2";
const RFC_6749_ERRORS = "https://www.rfc-editor.org/rfc/rfc6749#section-5.2";
const USERINFO_ERRORS = "https://openid.net/specs/openid-connect-core-1_0.html#UserInfoError";
const UNVERIFIED_APPS = "https://support.google.com/cloud/answer/13464323";
const JAVASCRIPT = "https://developers.google.com/identity/protocols/oauth2/javascript-implicit-flow";

export const GOOGLE_SIGN_IN: readonly Assumption[] = [
  {
    id: "token-refusal-words",
    what: "Statuses and descriptions for a missing or unknown `grant_type`, for a parameter that is given twice, and for tokens that `/tokeninfo` and `/revoke` do not know.",
    why: "Google documents the codes of RFC 6749 and no descriptions; these come from reports or follow the RFC.",
    page: WEB_SERVER,
    matters: "Only what an error quotes: gmailsync goes by `error`, and sends none of these requests.",
    see: "`curl -d grant_type=x https://oauth2.googleapis.com/token`, `curl 'https://oauth2.googleapis.com/tokeninfo?access_token=x'` and `curl -d token=x https://oauth2.googleapis.com/revoke`.",
  },
  {
    id: "grant-of-other-client",
    what: "A refresh token or code of another client is refused with 401 and `unauthorized_client`.",
    why: "RFC 6749 section 5.2 would have `invalid_grant`; Google's documents do not speak of it.",
    page: RFC_6749_ERRORS,
    matters:
      "Which hint a `credential` gets whose refresh token belongs to another client: look at the client, or sign in again.",
    see: "Use the refresh token of one client with id and secret of another: `curl -d grant_type=refresh_token -d refresh_token=… -d client_id=… -d client_secret=… https://oauth2.googleapis.com/token`.",
  },
  {
    id: "code-lifetime",
    what: "An authorization code is good for ten minutes.",
    why: "RFC 6749 recommends ten minutes as the most; Google does not say how long its codes live.",
    page: WEB_SERVER,
    matters: "How long a user may wait between the consent and the page that redeems it; pages redeem it at once.",
    see: "With a client whose redirect URI is a page that redeems nothing, such as `http://localhost`, keep codes from the address bar, and redeem one after 1, one after 5 and one after 15 minutes.",
  },
  {
    id: "pkce-refusal",
    what: 'A code verifier that is missing or wrong is refused with `invalid_grant`, "Invalid code verifier.".',
    why: "RFC 7636, section 4.6, fixes the error; Google does not document its words.",
    page: WEB_SERVER,
    matters: "The words only: a code is redeemed by the process that has asked for it, with the right verifier.",
    see: "Redeem a code that was asked for with `code_challenge` without `code_verifier`, and one with another verifier.",
  },
  {
    id: "user-cap-page",
    what: "The 101st user of an unverified app in production is refused with 403, `access_denied` and a page that says so.",
    why: "The cap is documented; the code on the page that users see is not.",
    page: UNVERIFIED_APPS,
    matters: "What the user tells who asks for help. gmailsync counts the users of a project before.",
    see: "Sign in with a new account to an app that has reached its cap, and read the address of the error page.",
  },
  {
    id: "storage-relay",
    what: "A request with a `storagerelay` redirect URI is answered with 200 where its origin is listed.",
    why: "Google uses it in its own library and documents it nowhere; third parties have seen it.",
    page: JAVASCRIPT,
    matters:
      "Whether a `GoogleOAuthClient` can tell that the JavaScript origin is missing. Either way a missing origin is never a failure.",
    see: "`curl -si 'https://accounts.google.com/o/oauth2/v2/auth?client_id=<id>&response_type=code&scope=email&prompt=none&redirect_uri=storagerelay%3A%2F%2Fhttps%2F<host>%3Fid%3Dauth1&origin=https%3A%2F%2F<host>'`, with the origin and without.",
  },
  {
    id: "userinfo-refusals",
    what: "`/userinfo` refuses a bad token with 401 and one without `openid` or the address with 403, as Google's APIs do.",
    why: "OpenID Connect has `WWW-Authenticate` for both; Google's documents show the good answer only.",
    page: USERINFO_ERRORS,
    matters: "Mail servers and tools that ask it whose token they were given. gmailsync does not.",
    see: "`curl -i -H 'Authorization: Bearer x' https://openidconnect.googleapis.com/v1/userinfo`, then with a token that has the mail scope alone.",
  },
  {
    id: "suspended-project",
    what: "To its clients a suspended project is as if each of them were disabled: `disabled_client`.",
    why: "`disabled_client` was seen for clients, projects and accounts that are suspended; no document says which gets it.",
    page: PROTOCOL,
    matters:
      "Whether the error of a `GoogleOAuthClient` can name the project. The hint names client, project and account.",
    see: "Only Google suspends projects: when it has, ask for a token with a client of the project: `curl -d grant_type=refresh_token -d refresh_token=x -d client_id=… -d client_secret=… https://oauth2.googleapis.com/token`.",
  },
  {
    id: "aliases-do-not-sign-in",
    what: "Nobody signs in, or logs in to mail, with an alias: Google does not know it as an account.",
    why: "Google says that users sign in to their account and not to its alias, and nothing of IMAP, POP3 and SMTP.",
    page: "https://support.google.com/a/answer/33327",
    matters:
      "Whether a mailbox whose address in Dynamics is an alias can work. gmailsync has each mailbox log in with its own address.",
    see: "With a token of the user, log in by IMAP as the alias: `user=<alias>` in the XOAUTH2 response.",
  },
];
