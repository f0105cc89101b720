import { BUILT_IN_ROLES } from "../dataverse/privileges.ts";
import { tables } from "../dataverse/tables.ts";
import { shown } from "../shown.ts";
import { identityOf } from "./build-dataverse.ts";
import { buildGoogle } from "./build-google.ts";
import { buildPipelines } from "./build-pipelines.ts";
import { clientOf } from "./consents.ts";
import type { WorldDefinition } from "./definition.ts";
import { list, type Owner } from "./parts.ts";
import type { Problem } from "./read.ts";
import type { Path } from "./repeat.ts";

/** What the form cannot say: names that nothing has, things that are there twice, columns that are not. */
export function examine(definition: WorldDefinition): readonly Problem[] {
  const google = buildGoogle(definition, identityOf(definition).url, buildPipelines(definition));
  const profiles = list(definition.profiles).map(({ name }) => name);
  const roles = [...Object.keys(BUILT_IN_ROLES), ...list(definition.roles).map(({ name }) => name)];
  const clients = google.clients.map(({ clientId }) => clientId);
  const owners = (["users", "queues", "forwardMailboxes"] as const).flatMap((kind) =>
    list<Owner>(definition[kind]).map((owner, index) => ({ owner, path: [kind, index] as const })),
  );
  return [
    ...twice("profiles", profiles),
    ...twice(
      "roles",
      list(definition.roles).map(({ name }) => name),
    ),
    ...twice(
      "projects",
      list(definition.projects).map(({ projectId }) => projectId),
    ),
    ...twice(
      "accounts",
      list(definition.accounts).map(({ address }) => address),
    ),
    ...(["users", "queues", "forwardMailboxes"] as const).flatMap((kind) =>
      twice(
        kind,
        list<Owner>(definition[kind]).map(({ address }) => address),
      ),
    ),
    ...among(["environment", "defaultProfile"], definition.environment?.defaultProfile, profiles, "profile"),
    ...list(definition.applications).flatMap((application, index) =>
      list(application.roles).flatMap((role, at) => among(["applications", index, "roles", at], role, roles, "role")),
    ),
    ...list(definition.accounts).flatMap(({ unit }, index) =>
      among(
        ["accounts", index, "unit"],
        unit,
        google.units.map(({ path }) => path),
        "organisational unit",
      ),
    ),
    ...list(definition.profiles).flatMap(({ columns }, index) =>
      columnsOf(["profiles", index, "columns"], "emailserverprofiles", columns),
    ),
    ...owners.flatMap(({ owner, path }) => [
      ...among([...path, "profile"], owner.profile, profiles, "profile"),
      ...signedIn([...path, "signedIn"], owner, clientOf(owner, definition, google), clients),
      ...columnsOf([...path, "columns"], "mailboxes", owner.columns),
    ]),
  ];
}

function twice(kind: string, names: readonly string[]): Problem[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [
      { path: [kind, index], message: `${shown(name)} is there twice; where an entry is repeated, its %d counts` },
    ];
  });
}

function among(path: Path, name: string | undefined, known: readonly string[], what: string): Problem[] {
  if (name === undefined || known.includes(name)) return [];
  const there = known.length === 0 ? "there is none" : `there are ${known.slice(0, 10).map(shown).join(", ")}`;
  return [{ path, message: `there is no ${what} ${shown(name)}; ${there}` }];
}

function signedIn(path: Path, owner: Owner, client: string | undefined, clients: readonly string[]): Problem[] {
  if (owner.signedIn === true && client === undefined)
    return [{ path, message: "nobody can have signed in: the world has no client" }];
  return among(path, client, clients, "client");
}

function columnsOf(path: Path, set: string, columns: Owner["columns"] = {}): Problem[] {
  const known = new Set(tables.get(set)?.columns.map(({ webApiName }) => webApiName));
  return Object.keys(columns)
    .filter((name) => !known.has(name))
    .map((name) => ({ path: [...path, name], message: `${set} has no column ${shown(name)}` }));
}
