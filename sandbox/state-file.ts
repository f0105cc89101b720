import { rowsOf } from "./dataverse/state.ts";
import { lastingSecret } from "./entra/state.ts";
import { builtInRoles } from "./world/build-dataverse.ts";
import { buildPipelines } from "./world/build-pipelines.ts";
import { seedWorld } from "./world/seed.ts";
import type { World } from "./world.ts";

/**
 * A world from its state file, also from one of version 0.1. Only its outline is checked: it was written by this program,
 * perhaps by an older version, and what is missing would show as an error somewhere else.
 */
export function parseWorld(text: string): World {
  const world = withNewMembers(parseJson(text));
  if (!isWorld(world)) throw new Error("it is not a world of this version of the sandbox");
  if (world.dataverse.roles.length === 0) giveRoles(world);
  return world;
}

/** The words of JSON's own errors quote the file, which may be another. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
}

/** What worlds of version 0.1 had no place for. */
function withNewMembers(world: unknown): unknown {
  const { dataverse, google, entra, ...others } = members(world);
  const [environmentUrl] = [members(entra)["resources"]].flat();
  return {
    environmentUrl,
    pipelines: buildPipelines({}),
    ...others,
    dataverse: {
      roles: [],
      ...members(dataverse),
      behaviour: { pollIntervalSeconds: 0, ...members(members(dataverse)["behaviour"]) },
    },
    google: { domain: "northwind.example", units: [], workloadProviders: [], ...members(google) },
    entra: {
      domains: [],
      ...members(entra),
      applications: [members(entra)["applications"] ?? []].flat().map(newApplication),
    },
  };
}

/** Secrets were texts. */
function newApplication(application: unknown): unknown {
  const { secrets, ...others } = members(application);
  return {
    certificates: [],
    federatedCredentials: [],
    ...others,
    secrets: [secrets ?? []].flat().map((secret) => (typeof secret === "string" ? lastingSecret(secret) : secret)),
  };
}

/** Before there were roles everybody could do everything. */
function giveRoles({ dataverse }: World): void {
  const applications = rowsOf(dataverse, "systemusers").filter((row) => row["applicationid"] !== null);
  const holders = applications.map((row) => String(row["systemuserid"]));
  const [organization] = rowsOf(dataverse, "organizations");
  dataverse.roles = builtInRoles(String(organization?.["organizationid"]));
  for (const role of dataverse.roles) if (role.name === "System Administrator") role.holders = holders;
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isWorld(value: unknown): value is World {
  return sameOutline(value, seedWorld(0), 3);
}

/** Whether a value has the members of the pattern, to a depth; what lists hold is not looked at. */
function sameOutline(value: unknown, pattern: unknown, depth: number): boolean {
  if (pattern === null || typeof pattern !== "object") return true;
  if (Array.isArray(pattern) !== Array.isArray(value) || typeof value !== "object" || value === null) return false;
  if (depth === 0 || Array.isArray(pattern)) return true;
  return Object.entries(pattern).every(
    ([name, inner]) => Object.hasOwn(value, name) && sameOutline(Reflect.get(value, name), inner, depth - 1),
  );
}
