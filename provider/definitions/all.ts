import type { Definition } from "./definition.ts";
import { emailServerProfile } from "./email-server-profile.ts";
import { googleOAuthClient } from "./google-oauth-client.ts";
import { googleProject } from "./google-project.ts";
import { mailbox } from "./mailbox.ts";
import { mailboxActivation } from "./mailbox-activation.ts";

/** Every resource, in the order in which people meet them. */
export const definitions: readonly Definition[] = [
  googleProject,
  googleOAuthClient,
  emailServerProfile,
  mailbox,
  mailboxActivation,
];
