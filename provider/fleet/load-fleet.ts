import { dirname } from "node:path";
import { Fault, messageOf } from "../fault.ts";
import type { FleetSpec, SecretReference } from "../resources/fleet/spec.ts";
import { googleOAuthClient } from "../resources/google-oauth-client/definition.ts";
import { asGiven } from "../schema/as-given.ts";
import { properties } from "../schema/define.ts";
import { environmentUrlProblem } from "../schema/environment-url.ts";
import { shownName } from "../schema/shown-name.ts";
import { isTree, type Path, type Tree, toTree } from "../values.ts";
import { type Lock, NO_LOCK } from "./lock.ts";
import { type FleetPlan, partOf, planOf } from "./plan.ts";
import { isWarning, type ProblemCode } from "./problem.ts";
import { checkFleet, readFleet, readLock } from "./read-fleet.ts";
import { isSecretName, lookUpSecrets, type SecretName, Secrets, type StackConfig } from "./secrets.ts";

/** Where a fleet comes from: a file, or the same as a value. */
export interface FleetSource {
  readonly file?: string | undefined;
  readonly lockFile?: string | undefined;
  readonly spec?: object | undefined;
  /** The clients that are meant, by name; all of them where it is left out. */
  readonly clients?: readonly string[] | undefined;
}

/** What a fleet sees of the program that it stands in. */
export interface Surroundings {
  readonly config: StackConfig;
  /** The environment that the provider is configured for, as far as that is known. */
  readonly environmentUrl: string | undefined;
}

/** A fleet that may be deployed. */
export interface LoadedFleet extends FleetPlan {
  readonly secrets: Secrets;
  /** What is only said. */
  readonly warnings: readonly string[];
}

/** Most problems in one message. */
const SHOWN = 20;

/** The plan of a fleet in which nothing is wrong and whose secrets are at hand; a fault with all the places otherwise. */
export async function loadFleet(
  { file, lockFile, spec, clients }: FleetSource,
  surroundings: Surroundings,
): Promise<LoadedFleet> {
  if ((file === undefined) === (spec === undefined))
    throw new Fault({ kind: "invalid-input", what: "A Fleet takes either `file` or `spec`" });
  if (file === undefined) return loaded(await readInline(spec ?? {}, lockFile), clients, surroundings);
  const read = await readFleet(file, lockFile);
  const at = (path: Path) => {
    const { line, column } = read.place(path);
    return `${file}:${line}:${column}: `;
  };
  const told = read.problems.map(({ code, place, message }) => ({
    code,
    line: `${file}:${place.line}:${place.column}: ${message}`,
  }));
  return loaded({ ...read, at, told, folder: dirname(file), secrets: new Secrets() }, clients, surroundings);
}

/** A fleet as it was read, with what is wrong with it. */
interface Reading {
  readonly spec: FleetSpec | undefined;
  readonly lock: Lock;
  readonly told: readonly { readonly code: ProblemCode; readonly line: string }[];
  /** Words before a problem that say where it is. */
  readonly at: (path: Path) => string;
  /** Folder that paths in the fleet are seen from. */
  readonly folder: string;
  /** Those that were given as values. */
  readonly secrets: Secrets;
}

async function readInline(inline: object, lockFile: string | undefined): Promise<Reading> {
  const { tree, secrets } = withoutSecrets(inline);
  const lock = lockFile === undefined ? NO_LOCK : await readLock(lockFile);
  const { spec, problems } = checkFleet(tree, lock);
  const told = problems.map(({ code, path, message }) => ({
    code,
    line: `spec: ${message}${path.length > 0 ? "" : " (at the top)"}`,
  }));
  return { spec, lock, told, at: () => "spec: ", folder: ".", secrets };
}

/** The file is checked as a whole; of secrets only those are needed that the part has. */
async function loaded(
  { spec, lock, told, at, folder, secrets }: Reading,
  part: FleetSource["clients"],
  { config, environmentUrl }: Surroundings,
): Promise<LoadedFleet> {
  const missing = spec ? await lookUpSecrets(only(spec, part), secrets, folder, config) : [];
  const stranger = spec && part && partProblem(part, Object.keys(spec.clients));
  const elsewhere = otherEnvironment(spec?.environmentUrl, environmentUrl);
  const warnings = told.filter(({ code }) => isWarning(code)).map(({ line }) => line);
  const all = [
    ...told.filter(({ code }) => !isWarning(code)).map(({ line }) => line),
    ...(elsewhere === undefined ? [] : [`${at(["environmentUrl"])}${elsewhere}`]),
    ...(stranger === undefined ? [] : [stranger]),
    ...missing.map(({ path, message }) => `${at(path)}${message}`),
  ];
  if (spec && all.length === 0) return { ...partOf(planOf(spec, lock), part), secrets, warnings: shown(warnings) };
  const text = shown(all).map((line) => `\n  ${line}`);
  throw new Fault({ kind: "invalid-input", what: `The fleet is not as it should be:${text.join("")}` });
}

function shown(lines: readonly string[]): readonly string[] {
  return lines.length > SHOWN ? [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more`] : lines;
}

function only({ clients }: FleetSpec, part: FleetSource["clients"]): Pick<FleetSpec, "clients"> {
  return { clients: Object.fromEntries(Object.entries(clients).filter(([name]) => part?.includes(name) ?? true)) };
}

/** A part that is none would take away whatever the stack has. */
function partProblem(part: readonly string[], known: readonly string[]): string | undefined {
  const strangers = part.filter((name) => !known.includes(name)).map(shownName);
  const has = `the fleet has ${known.map(shownName).join(", ")}`;
  if (strangers.length > 0) return `Fleet.clients: there is no client ${strangers.join(", ")}; ${has}`;
  return part.length === 0 ? `Fleet.clients: it names no client; ${has}` : undefined;
}

/** The same environment may be written in several ways: with a slash, in capital letters, with the usual port. */
export function otherEnvironment(meant: string | undefined, configured: string | undefined): string | undefined {
  if (meant === undefined || configured === undefined || environmentUrlProblem(configured)) return undefined;
  if (URL.canParse(meant) && new URL(meant).origin === new URL(configured).origin) return undefined;
  return `the fleet is meant for ${meant}, and the provider is configured for ${configured}`;
}

/** Stands in the tree for a secret that a program has given as a value. It is at hand, so nobody looks this one up. */
const AT_HAND = { config: "given" } as const;

/** Secrets given as values, which may be outputs, are taken out; what is left can be checked like a file. */
function withoutSecrets(spec: object): { tree: Tree; secrets: Secrets } {
  const secrets = new Secrets();
  const clients: unknown = Reflect.get(spec, "clients");
  const stripped = Object.entries(isTree(clients) ? clients : {}).map(([name, client]): [string, unknown] => {
    if (!isTree(client)) return [name, client];
    const entries = Object.entries(client).map(([key, value]: [string, unknown]): [string, unknown] => {
      const given = isSecretName(key) ? secretAsGiven(key, value) : undefined;
      if (!isSecretName(key) || !isText(given)) return [key, value];
      secrets.set(name, key, given);
      return [key, AT_HAND];
    });
    return [name, Object.fromEntries(entries)];
  });
  return { tree: plain({ ...spec, ...(isTree(clients) && { clients: Object.fromEntries(stripped) }) }), secrets };
}

function plain(spec: object): Tree {
  try {
    return toTree(spec);
  } catch (error) {
    throw new Fault({
      kind: "invalid-input",
      what: `The fleet is not as it should be:\n  spec: ${messageOf(error)}; only secrets may be outputs`,
    });
  }
}

const REFERENCE: readonly string[] = ["config", "env", "file"] satisfies (keyof SecretReference)[];

/** A download of which Pulumi YAML has made an object, and digits of which it has made a number, are text; a reference is an object, too. */
function secretAsGiven(name: SecretName, value: unknown): unknown {
  const schema = properties(googleOAuthClient.inputs)[name];
  if (!schema || isText(value) || !(typeof value === "number" || isTree(value))) return value;
  return isTree(value) && REFERENCE.some((key) => key in value) ? value : asGiven(schema, value);
}

/** Text, or what becomes text: outputs and promises, which are objects of a class. */
function isText(value: unknown): boolean {
  if (typeof value === "string") return true;
  return isTree(value) && ![Object.prototype, null].includes(Object.getPrototypeOf(value));
}
