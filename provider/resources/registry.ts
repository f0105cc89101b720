import type { Resource } from "../resource/resource.ts";
import { type Definition, nameOf } from "../schema/define.ts";
import { ownOf } from "../values.ts";

/**
 * Every resource by its name, in the order in which people meet them: the one list from which the plugin, dynamic resources and
 * everything generated are made. Each is loaded when the first one of its kind is met, as the engine starts a plugin
 * several times per command, mostly to do something else.
 */
const RESOURCES: Readonly<Record<string, () => Promise<Resource>>> = {
  GoogleProject: async () => (await import("./google-project/handler.ts")).googleProject,
  GoogleOAuthClient: async () => (await import("./google-oauth-client/handler.ts")).googleOAuthClient,
  EmailServerProfile: async () => (await import("./email-server-profile/handler.ts")).emailServerProfile,
  Mailbox: async () => (await import("./mailbox/handler.ts")).mailbox,
  MailboxActivation: async () => (await import("./mailbox-activation/handler.ts")).mailboxActivation,
};

export async function resourceOf(token: string): Promise<Resource | undefined> {
  const name = nameOf(token) ?? "";
  return ownOf(RESOURCES, name)?.();
}

/** The definitions of all, in the order of the list. */
export async function definitions(): Promise<readonly Definition[]> {
  return Promise.all(
    Object.entries(RESOURCES).map(async ([name, load]) => {
      const { definition } = await load();
      if (definition.name !== name) throw new Error(`the registry calls ${definition.name} ${name}`);
      return definition;
    }),
  );
}
