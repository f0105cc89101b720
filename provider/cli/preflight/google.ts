import { Fault } from "../../fault.ts";
import { roomText } from "../../fleet/rooms.ts";
import { probeClient } from "../../google/client-probe.ts";
import { clientFacts, clientUris } from "../../google/console.ts";
import { SETTINGS_SCOPE } from "../../google/gmail-settings.ts";
import { GoogleApi } from "../../google/google-api.ts";
import { MAIL_SCOPE, routeOf } from "../../google/mailbox-token.ts";
import { probeRedirectUri } from "../../google/redirect-probe.ts";
import { isEnabled } from "../../google/services.ts";
import type { Look } from "../../resource/looks.ts";
import { consentFinding, proven } from "../../resources/google-oauth-client/checks.ts";
import { type Finding, found, good, isBad, skipped } from "../../schema/step.ts";
import type { DeclaredClient } from "./declared.ts";
import { asking, notSeen, type Surroundings } from "./surroundings.ts";

/** Everything that can be asked at Google without a user. */
export function googleLooks(surroundings: Surroundings): readonly Look[] {
  const identity = Promise.resolve(identityFinding(surroundings));
  const keyless = surroundings.services.mailCredential?.serviceAccountEmail !== undefined;
  const delegation = delegationLooks(surroundings);
  return [
    { id: "googleIdentity", look: () => identity },
    ...(keyless ? delegation.map((look) => after(identity, look)) : delegation),
    ...apiLooks(surroundings).map((look) => after(identity, look)),
    ...clientLooks(surroundings),
    ...placesLooks(surroundings),
  ];
}

/** Looked at only where what it needs is good: one cause is told once. */
function after(needed: Promise<Finding>, { look, ...named }: Look): Look {
  return { ...named, look: async () => (isBad(await needed) ? skipped("AFTER_FAILURE") : look()) };
}

function identityFinding({ services, declared, deadline }: Surroundings): Finding | Promise<Finding> {
  if (!services.mailCredential?.serviceAccountEmail && !declared?.projects.length) return skipped("NOT_NEEDED");
  return asking(
    async () => {
      await services.ambientTokens.get(deadline);
      return good({ message: "Application Default Credentials give a token" });
    },
    ({ account, hint }) => found("GOOGLE_IDENTITY", { message: account, hint }),
  );
}

/** Each scope that is needed, by a token for a mailbox: Google has no API to read delegations. */
function delegationLooks(surroundings: Surroundings): readonly Look[] {
  const { services, declared } = surroundings;
  const settings = declared?.mailboxes.some(({ gmail }) => gmail) ? [SETTINGS_SCOPE] : [];
  const { mailCredential } = services;
  if (!mailCredential) return [{ id: "delegation", look: () => skipped("NO_CREDENTIAL", "no mailCredential is set") }];
  if (routeOf(mailCredential) !== "delegation")
    return [{ id: "delegation", look: () => skipped("NOT_NEEDED", "the mailCredential is one of a user") }];
  return [MAIL_SCOPE, ...settings].map((scope) => ({
    id: "delegation",
    of: scope,
    look: () => asking(() => delegationFinding(scope, surroundings), refusedDelegation),
  }));
}

/** Mailboxes that a token is asked for until one gets it: one of them may be none of the organisation's. */
const MOST_ASKED = 3;

const NOBODY = skipped("NOT_DECLARED", "a token is asked for in the name of a mailbox: name a mailboxes.yaml");

async function delegationFinding(scope: string, { services, declared, deadline }: Surroundings): Promise<Finding> {
  const { mailTokens, mailCredential = {} } = services;
  const addresses = declared?.mailboxes.slice(0, MOST_ASKED).map(({ address }) => address) ?? [];
  const refusals: Finding[] = [];
  for (const address of addresses) {
    try {
      await mailTokens.get(address, mailCredential, deadline, scope);
      return good({ message: `Google gave a token for ${address}` });
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "failed-precondition") throw error;
      refusals.push(notSeen(error));
    }
  }
  return refusals[0] ?? NOBODY;
}

/** The scope that is missing is told by Google's refusal of it; what else is refused has to do with who signs. */
function refusedDelegation({ account, code, hint }: Fault): Finding {
  return found(code === "unauthorized_client" ? "DELEGATION_MISSING" : "CREDENTIAL_REFUSED", {
    message: account,
    hint,
  });
}

function apiLooks({ services, declared, deadline }: Surroundings): readonly Look[] {
  const { network, ambientTokens } = services;
  const api = new GoogleApi(network, ambientTokens, deadline);
  return (declared?.projects ?? []).flatMap(({ projectId, services: names }) =>
    names.map((name) => ({
      id: "api",
      of: `${projectId}/${name}`,
      look: () =>
        asking(async () => {
          if (await isEnabled(projectId, name, api)) return good();
          return found("API_DISABLED", { message: `${name} is not enabled in the project ${projectId}` });
        }),
    })),
  );
}

function clientLooks(surroundings: Surroundings): readonly Look[] {
  const clients = surroundings.declared?.clients ?? [];
  if (clients.length === 0) return [{ id: "oauthClient", look: () => skipped("NOT_DECLARED") }];
  return clients.flatMap((client) => clientLooksOf(client, surroundings));
}

/** Which step it is, and what is proven: the id alone where the secret is not at hand. */
const KNOWN = ["oauthClient", "; its secret is not known here"] as const;
const PROVEN = ["clientSecret", ", id and secret"] as const;

function clientLooksOf(client: DeclaredClient, { services, deadline }: Surroundings): readonly Look[] {
  const { clientId, clientSecret, screen } = client;
  const { network, oauthClients, environmentUrl } = services;
  const { redirectUri } = clientUris(environmentUrl);
  const facts = clientFacts(screen.projectId, clientId);
  const [id, what] = clientSecret === undefined ? KNOWN : PROVEN;
  const known = asking(async () => {
    const probe =
      clientSecret === undefined
        ? oauthClients.look(clientId, deadline)
        : probeClient({ clientId, clientSecret }, network, deadline);
    return { facts, ...proven(`OAuth client ${clientId}${what}`, await probe) };
  });
  const redirect = asking(async () => {
    const probe = await probeRedirectUri({ clientId, redirectUri }, network, deadline);
    return { facts, ...proven(`redirect URI ${redirectUri}`, probe) };
  });
  return [
    { id, of: clientId, look: () => known },
    {
      id: "redirectUri",
      of: clientId,
      // A client that is refused is refused for its redirect URI, too.
      look: async () => {
        const [first, second] = await Promise.all([known, redirect]);
        return second.status === "failed" && second.code === first.code ? skipped("AFTER_FAILURE") : second;
      },
    },
    {
      id: "consentScreen",
      of: screen.projectId,
      look: () => skipped("DECLARED_ONLY", consentFinding(screen).message),
    },
  ];
}

/** Of a fleet: a stack knows no lock file. */
function placesLooks({ declared }: Surroundings): readonly Look[] {
  const { places } = declared ?? {};
  if (!places) return [{ id: "places", look: () => skipped("NOT_DECLARED") }];
  const { rooms, open } = places;
  const missing: readonly Look[] =
    open > 0
      ? [{ id: "places", look: () => found("PLACES_MISSING", { message: `${open} mailboxes have no client yet` }) }]
      : [];
  return [
    ...missing,
    ...rooms.map((room): Look => ({ id: "places", of: room.project, look: () => good({ message: roomText(room) }) })),
  ];
}
