import type { Callable } from "../resource/function.ts";
import type { Listing } from "../resource/listing.ts";
import type { Resource } from "../resource/resource.ts";
import { type Definition, nameOf } from "../schema/define.ts";
import { ownOf } from "../values.ts";

/**
 * Every resource by its name, in the order in which people meet them: the one list from which the plugin, dynamic resources and
 * everything generated are made. Each is loaded when the first one of its kind is met, as the engine starts a plugin
 * several times per command, mostly to do something else.
 */
const RESOURCES = {
  GoogleProject: async () => (await import("./google-project/handler.ts")).googleProject,
  GoogleOAuthClient: async () => (await import("./google-oauth-client/handler.ts")).googleOAuthClient,
  EmailServerProfile: async () => (await import("./email-server-profile/handler.ts")).emailServerProfile,
  Mailbox: async () => (await import("./mailbox/handler.ts")).mailbox,
  MailboxActivation: async () => (await import("./mailbox-activation/handler.ts")).mailboxActivation,
} as const satisfies Readonly<Record<string, () => Promise<Resource>>>;

/** What there is of each, to be imported. */
const LISTINGS: Readonly<Record<keyof typeof RESOURCES, () => Promise<Listing>>> = {
  GoogleProject: async () => (await import("./google-project/handler.ts")).projectListing,
  GoogleOAuthClient: async () => (await import("./email-server-profile/functions.ts")).clientListing,
  EmailServerProfile: async () => (await import("./email-server-profile/functions.ts")).profileListing,
  Mailbox: async () => (await import("./mailbox/functions.ts")).mailboxListing,
  MailboxActivation: async () => (await import("./mailbox/functions.ts")).activationListing,
};

export async function listingOf(name: string): Promise<Listing | undefined> {
  return ownOf(LISTINGS, name)?.();
}

/** The functions, in the same way, by the table that they look at. */
const FUNCTIONS: readonly (() => Promise<readonly Callable[]>)[] = [
  async () => (await import("./mailbox/functions.ts")).mailboxFunctions,
  async () => (await import("./email-server-profile/functions.ts")).profileFunctions,
  async () => (await import("./organization/functions.ts")).organizationFunctions,
];

export async function functions(): Promise<readonly Callable[]> {
  return (await Promise.all(FUNCTIONS.map((load) => load()))).flat();
}

/** Those that were met; thousands of the same kind find it here without a look at the modules. */
const met = new Map<string, Promise<Resource>>();

export function resourceOf(token: string): Promise<Resource> | undefined {
  const name = nameOf(token) ?? "";
  const known = met.get(name) ?? ownOf(RESOURCES, name)?.();
  if (known) met.set(name, known);
  return known;
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
