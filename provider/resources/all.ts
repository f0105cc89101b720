import type { Definition } from "../schema/define.ts";
import { emailServerProfile } from "./email-server-profile/definition.ts";
import { googleOAuthClient } from "./google-oauth-client/definition.ts";
import { googleProject } from "./google-project/definition.ts";
import { mailbox } from "./mailbox/definition.ts";
import { mailboxActivation } from "./mailbox-activation/definition.ts";

/** Every resource, in the order in which people meet them. */
export const definitions: readonly Definition[] = [
  googleProject,
  googleOAuthClient,
  emailServerProfile,
  mailbox,
  mailboxActivation,
];
