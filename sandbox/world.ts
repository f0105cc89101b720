import { extraPeople, PEOPLE, type Person, seedDataverse } from "./dataverse/seed.ts";
import type { DataverseState } from "./dataverse/state.ts";
import type { EntraState } from "./entra.ts";
import { type GoogleState, seedGoogle } from "./google/state.ts";

/** Everything the sandbox knows: plain data. */
export interface World {
  dataverse: DataverseState;
  google: GoogleState;
  entra: EntraState;
}

export const ENVIRONMENT_URL = "https://contoso.crm.dynamics.com";
export const TENANT_ID = "11111111-2222-4333-8444-555555555555";
export const APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
export const APPLICATION_SECRET = "sandbox-entra-secret-not-real";

/** A small company: users and queues with mailboxes, a Google client, and nothing connected yet. */
export function seedWorld(extraUsers: number): World {
  const people: Person[] = [...PEOPLE, ...extraPeople(extraUsers)];
  const google = seedGoogle({ environmentUrl: ENVIRONMENT_URL, extraUsers });
  return {
    dataverse: seedDataverse({ people, grants: google.grants, applicationId: APPLICATION_ID }),
    google,
    entra: {
      tenantId: TENANT_ID,
      applications: [{ clientId: APPLICATION_ID, secrets: [APPLICATION_SECRET] }],
      resources: [ENVIRONMENT_URL],
      tokens: [],
    },
  };
}

/**
 * A world from its state file. Only its outline is checked: it was written by this program, perhaps by an older version,
 * and what is missing would show as an error somewhere else.
 */
export function parseWorld(text: string): World {
  const world: unknown = JSON.parse(text);
  if (isWorld(world)) return world;
  throw new Error("it is not a world of this version of the sandbox");
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
