import { appOf, consentTimes } from "../google/consent.ts";
import { type GoogleState, type Grant, newGrant } from "../google/state.ts";
import type { WorldDefinition } from "./definition.ts";
import { list, type Owner } from "./parts.ts";

/** Refresh tokens that mailboxes hold from sign-ins in the past. Google knows each consent, and counts its user. */
export function pastConsents(definition: WorldDefinition, google: GoogleState): ReadonlyMap<Owner, string> {
  const grants = new Map<string, Grant>();
  const tokens = new Map<Owner, string>();
  const primary = new Map(
    google.accounts.flatMap(({ address, aliases = [] }) => aliases.map((alias) => [alias, address])),
  );
  for (const owner of [definition.users, definition.queues, definition.forwardMailboxes].flatMap<Owner>(list)) {
    const client = google.clients.find(({ clientId }) => clientId === clientOf(owner, definition, google));
    if (!client) continue;
    const grant = newGrant(primary.get(owner.address) ?? owner.address, client.clientId);
    grants.set(grant.refreshToken, { ...grant, ...consentTimes(google, appOf(google, client)) });
    tokens.set(owner, grant.refreshToken);
  }
  google.grants = [...grants.values()];
  for (const client of google.clients) {
    const app = appOf(google, client);
    const mine = google.grants.filter(({ clientId }) => clientId === client.clientId).map(({ address }) => address);
    app.users = [...new Set([...app.users, ...mine])];
  }
  return tokens;
}

/** Id of the client by which the owner has signed in. */
export function clientOf(owner: Owner, { profiles }: WorldDefinition, { clients }: GoogleState): string | undefined {
  if (owner.signedIn === undefined || owner.signedIn === false) return undefined;
  if (owner.signedIn !== true) return owner.signedIn;
  const profile = list(profiles).find(({ name }) => name === owner.profile);
  return profile?.oauthClientId ?? clients[0]?.clientId;
}
