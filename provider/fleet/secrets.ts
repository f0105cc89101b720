import { resolve } from "node:path";
import { remoteText } from "../fault.ts";
import { readText } from "../read-text.ts";
import { learn } from "../redaction/secrets.ts";
import { SECRET_KIB } from "../resources/fleet/limits.ts";
import type { FleetSpec, SecretReference } from "../resources/fleet/spec.ts";
import type { Problem } from "./problem.ts";

/** Properties of a client that are given by reference. */
export const SECRETS = ["clientSecret", "previousClientSecret", "credentialsJson"] as const;
export type SecretName = (typeof SECRETS)[number];

export function isSecretName(name: string): name is SecretName {
  return SECRETS.some((secret) => secret === name);
}

/** Secrets by client and property. A program may give outputs; what was looked up is text. */
export class Secrets {
  readonly #values = new Map<string, unknown>();

  get(client: string, name: SecretName): unknown {
    return this.#values.get(`${client}.${name}`);
  }

  set(client: string, name: SecretName, value: unknown): void {
    if (typeof value === "string") learn(value);
    this.#values.set(`${client}.${name}`, value);
  }
}

/** A value of the stack's configuration; undefined where it is not set. */
export type StackConfig = (name: string) => string | undefined;

/** Most places that are named for one cause. */
const NAMED = 5;

/** Looks up what the fleet refers to and adds it to `secrets`; what cannot be had is told, one cause once. */
export async function lookUpSecrets(
  { clients }: Pick<FleetSpec, "clients">,
  secrets: Secrets,
  folder: string,
  config: StackConfig,
): Promise<readonly Omit<Problem, "code">[]> {
  const causes = new Map<string, string[][]>();
  for (const [client, declared] of Object.entries(clients)) {
    for (const name of SECRETS) {
      const reference = declared[name];
      if (reference === undefined) continue;
      const given = secrets.get(client, name);
      const found = given === undefined ? await lookUp(reference, folder, config) : checked(given);
      if ("cause" in found) causes.set(found.cause, [...(causes.get(found.cause) ?? []), ["clients", client, name]]);
      else secrets.set(client, name, found.value);
    }
  }
  return [...causes].map(([cause, paths]) => ({ path: paths[0] ?? [], message: `${placesText(paths)}: ${cause}` }));
}

type Found = { readonly value: unknown } | { readonly cause: string };

async function lookUp(
  { config: key, env, file }: SecretReference,
  folder: string,
  config: StackConfig,
): Promise<Found> {
  if (key !== undefined) {
    const name = remoteText(key);
    const missing = `the stack's configuration has no ${name}; \`pulumi config set --secret ${name}\` sets it`;
    return present(config(key), missing, `${name} in the stack's configuration is empty`);
  }
  if (env !== undefined) {
    const variable = `the environment variable ${env}`;
    return present(process.env[env]?.trim(), `${variable} is not set`, `${variable} is empty`);
  }
  const text = await readText(resolve(folder, file ?? ""), SECRET_KIB * 1024);
  const what = `the file ${remoteText(file ?? "")}`;
  return typeof text === "string" ? present(text.trim(), "", `${what} is empty`) : { cause: `${what} ${text.refusal}` };
}

function present(value: string | undefined, missing: string, empty: string): Found {
  if (value === undefined) return { cause: missing };
  return value.trim() === "" ? { cause: empty } : { value };
}

/** What a program gives as text; an output shows its value later. */
function checked(given: unknown): Found {
  return typeof given === "string" ? present(given, "", "the text is empty") : { value: given };
}

function placesText(paths: readonly (readonly string[])[]): string {
  const named = paths.slice(0, NAMED).map((path) => path.join("."));
  return [...named, ...(paths.length > NAMED ? [`and ${paths.length - NAMED} more`] : [])].join(", ");
}
