import type { HttpAnswer, HttpRequest } from "../http.ts";
import { apiError, bearer, hasScope, parsed, UNAUTHENTICATED } from "./google-api.ts";
import { findAccount } from "./mail-access.ts";
import { jsonAnswer } from "./refusal.ts";
import { type GmailAccount, type GoogleState, MAIL_SCOPE } from "./state.ts";

const PATH = /^\/gmail\/v1\/users\/([^/]+)\/settings\/(imap|pop)$/;
const SETTINGS_SCOPE = "https://www.googleapis.com/auth/gmail.settings.basic";
const WINDOWS = ["disabled", "fromNowOn", "allMail"] as const;
const DISPOSITIONS = ["leaveInInbox", "archive", "trash", "markRead"] as const;

/**
 * `users.settings` of the Gmail API: IMAP and POP. A PUT replaces the whole object.
 * Assumption: administrators-switch.
 */
export function gmailSettings(request: HttpRequest, state: GoogleState): HttpAnswer {
  const [, user = "", object] = PATH.exec(decodeURIComponent(request.url.pathname)) ?? [];
  if (!object) return apiError("NOT_FOUND", "Not Found");
  const token = bearer(request, state);
  if (!token) return UNAUTHENTICATED;
  const writes = request.method === "PUT";
  if (!hasScope(token, SETTINGS_SCOPE, ...(writes ? [] : [MAIL_SCOPE])))
    return apiError("PERMISSION_DENIED", "Request had insufficient authentication scopes.");
  const account = findAccount(state, user === "me" ? token.address : user);
  if (!account || account.address.toLowerCase() !== token.address.toLowerCase())
    return apiError("PERMISSION_DENIED", `Delegation denied for ${token.address}`);
  if (!writes && request.method !== "GET") return apiError("NOT_FOUND", "Not Found");
  const refusal = writes ? REPLACE[object === "imap" ? "imap" : "pop"](account, request.body) : undefined;
  return refusal ?? jsonAnswer(200, object === "imap" ? imapOf(account) : popOf(account));
}

function imapOf({ imap }: GmailAccount): object {
  return { ...(imap === "on" && { enabled: true }), autoExpunge: true, expungeBehavior: "archive" };
}

function popOf({ pop, popWindow = "allMail", popDisposition = "leaveInInbox" }: GmailAccount): object {
  return { accessWindow: pop === "on" ? popWindow : "disabled", disposition: popDisposition };
}

const REPLACE: Readonly<Record<"imap" | "pop", (account: GmailAccount, body: string) => HttpAnswer | undefined>> = {
  imap(account, body) {
    const enabled: unknown = Reflect.get(Object(parsed(body)), "enabled") ?? false;
    if (typeof enabled !== "boolean") return apiError("INVALID_ARGUMENT", "Invalid value at 'enabled'");
    if (account.imap === "off-by-admin") return enabled ? byAdministrator() : undefined;
    account.imap = enabled ? "on" : "off-by-user";
    return undefined;
  },
  pop(account, body) {
    const given = Object(parsed(body));
    const window = WINDOWS.find((known) => known === (Reflect.get(given, "accessWindow") ?? "disabled"));
    const disposition = DISPOSITIONS.find((known) => known === (Reflect.get(given, "disposition") ?? "leaveInInbox"));
    if (!window || !disposition)
      return apiError("INVALID_ARGUMENT", "Invalid value at 'accessWindow' or 'disposition'");
    if (account.pop === "off-by-admin") return window === "disabled" ? undefined : byAdministrator();
    account.pop = window === "disabled" ? "off-by-user" : "on";
    if (window !== "disabled") account.popWindow = window;
    account.popDisposition = disposition;
    return undefined;
  },
};

function byAdministrator(): HttpAnswer {
  return apiError("PERMISSION_DENIED", "The setting is disabled by the domain administrator.");
}
