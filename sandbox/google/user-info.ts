import { createHash } from "node:crypto";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import { apiError, bearer, hasScope, UNAUTHENTICATED } from "./google-api.ts";
import { jsonAnswer } from "./refusal.ts";
import { type GoogleState, MAIL_SCOPE } from "./state.ts";

const EMAIL = ["email", "https://www.googleapis.com/auth/userinfo.email"];

/** `GET https://openidconnect.googleapis.com/v1/userinfo` (OpenID Connect Core section 5.3). Assumption: userinfo-refusals. */
export function userInfo(request: HttpRequest, state: GoogleState): HttpAnswer {
  const token = bearer(request, state);
  if (!token) return UNAUTHENTICATED;
  if (!hasScope(token, "openid", ...EMAIL))
    return apiError("PERMISSION_DENIED", "Request had insufficient authentication scopes.");
  const sub = createHash("sha256").update(token.address).digest().readBigUInt64BE().toString();
  const email = { email: token.address, email_verified: true };
  return jsonAnswer(200, { sub, ...(hasScope(token, ...EMAIL) && email) });
}

/** `GET /gmail/v1/users/me/profile`: whose mailbox a token opens. */
export function gmailProfile(request: HttpRequest, state: GoogleState): HttpAnswer {
  const token = bearer(request, state);
  if (!token) return UNAUTHENTICATED;
  if (!hasScope(token, MAIL_SCOPE, "https://www.googleapis.com/auth/gmail.readonly"))
    return apiError("PERMISSION_DENIED", "Request had insufficient authentication scopes.");
  return jsonAnswer(200, { emailAddress: token.address, messagesTotal: 0, threadsTotal: 0, historyId: "1" });
}
