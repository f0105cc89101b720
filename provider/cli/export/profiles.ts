import { SECRETS } from "../../fleet/secrets.ts";
import { projectNumberOf } from "../../google/console.ts";
import { profilesWhere } from "../../resources/email-server-profile/functions.ts";
import { emailServerProfile } from "../../resources/email-server-profile/handler.ts";
import { googleOAuthClient } from "../../resources/google-oauth-client/handler.ts";
import { googleProject } from "../../resources/google-project/handler.ts";
import type { Deviation, Found, FoundProfile } from "./found.ts";
import type { HeldProject } from "./held.ts";
import { camel, Names } from "./names.ts";
import { beyondDefaults, contextOf, type Look, type Seen, seenAs } from "./seen.ts";

/** Gmail profiles with an OAuth client, and those that code cannot have. */
export async function lookAtProfiles(how: Look): Promise<Pick<Found, "profiles" | "deviations" | "left">> {
  const { profile, profileId: id } = how.filters;
  const all = await profilesWhere({ gmailByOauth: true }, contextOf(how, "list"));
  const wanted = all.filter(
    ({ name, profileId }) => [undefined, name].includes(profile) && [undefined, profileId].includes(id),
  );
  const names = new Names((name) => [name, camel(name)]);
  const byClient = new Map<string, string>();
  const profiles: FoundProfile[] = [];
  const deviations: Deviation[] = [];
  const left: Deviation[] = [];
  for (const { profileId, name: shown, oauthClientId: clientId = "" } of wanted) {
    const other = how.profilesMayShare ? undefined : byClient.get(clientId);
    if (clientId === "" || other !== undefined) {
      const what =
        other === undefined
          ? "it has no OAuth client"
          : `its OAuth client is that of profile ${JSON.stringify(other)}, too, and a client of a fleet has one profile; \`--format yaml\` has both`;
      left.push({ of: `profile ${JSON.stringify(shown)} with its mailboxes`, what });
      continue;
    }
    byClient.set(clientId, shown);
    const project = how.holdings.project(projectNumberOf(clientId));
    const { found, deviation } = await seenProfile({ profileId, shown, clientId, name: names.next(shown) }, how);
    const isFirst = !profiles.some(({ former }) => former.project === project?.alias);
    profiles.push(project ? withProject(found, project, isFirst) : found);
    if (deviation !== undefined) deviations.push({ of: `profile ${JSON.stringify(shown)}`, what: deviation });
  }
  return { profiles, deviations, left };
}

/** Two clients of a project have it once. */
function withProject(found: FoundProfile, { alias, inputs, projectId }: HeldProject, isFirst: boolean): FoundProfile {
  const { former } = found;
  const client = { projectId, ...found.client };
  if (!isFirst) return { ...found, client };
  return {
    ...found,
    client,
    project: beyondDefaults(googleProject, inputs, ["projectId"]),
    former: { ...former, project: alias },
  };
}

async function seenProfile(
  known: Pick<FoundProfile, "profileId" | "shown" | "clientId" | "name">,
  how: Look,
): Promise<Seen<FoundProfile>> {
  const held = how.holdings.of("EmailServerProfile", known.profileId);
  const client = how.holdings.of("GoogleOAuthClient", known.clientId);
  const { inputs, deviation } = held ?? (await seenAs(emailServerProfile, known.profileId, how));
  const found = {
    ...known,
    inputs: beyondDefaults(emailServerProfile, inputs, ["oauthClientId", "oauthClientSecret"]),
    former: { ...(held && { profile: held.alias }), ...(client && { client: client.alias }) },
    client: beyondDefaults(googleOAuthClient, client?.inputs ?? {}, [...SECRETS, "clientId"]),
    retained: held?.retainOnDelete ?? true,
  };
  return { found, deviation };
}
