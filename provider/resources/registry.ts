import type { Resource } from "../resource/resource.ts";

/** Every resource by its type token, loaded when the first one of its kind is met. */
const LOADERS: Readonly<Record<string, () => Promise<Resource>>> = {
  "gmailsync:index:GoogleProject": async () => (await import("./google-project/handler.ts")).googleProject,
  "gmailsync:index:GoogleOAuthClient": async () => (await import("./google-oauth-client/handler.ts")).googleOAuthClient,
  "gmailsync:index:EmailServerProfile": async () =>
    (await import("./email-server-profile/handler.ts")).emailServerProfile,
  "gmailsync:index:Mailbox": async () => (await import("./mailbox/handler.ts")).mailbox,
  "gmailsync:index:MailboxActivation": async () => (await import("./mailbox-activation/handler.ts")).mailboxActivation,
};

export async function resourceOf(token: string): Promise<Resource | undefined> {
  return LOADERS[token]?.();
}
