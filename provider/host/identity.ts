import type { Identity, IdentityKind, IdentitySetting, IdentitySettings } from "../dataverse/identity.ts";
import { IDENTITY_KINDS } from "../dataverse/identity-kinds.ts";
import { Fault } from "../fault.ts";
import { VARIABLE_FAMILIES } from "../schema/identity-settings.ts";
import { type Origins, settingOf } from "./settings.ts";

const FAMILIES = Object.keys(VARIABLE_FAMILIES);
const LIST = new Intl.ListFormat("en-GB");

/** The page that tells of all of them. */
export const IDENTITIES_PAGE = "https://github.com/gmailsync/pulumi-gmailsync/blob/main/docs/identities.md";

export interface ChosenIdentity extends Identity {
  /** The settings that it is made of, with their variables, those that have begun it first. */
  readonly madeOf: string;
}

/** An identity that settings begin, and how early those stand in the order: 0 for the program's. */
interface Begun {
  readonly kind: IdentityKind;
  readonly settings: IdentitySettings;
  readonly by: readonly IdentitySetting[];
  readonly rank: number;
}

/** Which identity was taken, and by what, for people: no value of a secret is in it. */
export function describe({ title, who, madeOf }: ChosenIdentity): string {
  return `${title}, ${who}, by ${madeOf}`;
}

/**
 * The one identity that is given; undefined where none is begun. What is begun first in the order of the sources counts, and nothing falls
 * through to a later one: half-given and contradicting settings are an error.
 */
export function chooseIdentity(settings: IdentitySettings, origins: Origins): ChosenIdentity | undefined {
  const all = IDENTITY_KINDS.flatMap((kind) => begunOf(kind, settings, origins));
  const first = all.filter(({ rank }) => rank === Math.min(...all.map((one) => one.rank)));
  if (first.length === 0) return undefined;
  if (first.length > 1 && !first.every(({ kind }) => kind.isFederated)) throw contradicting(first, origins);
  for (const begun of first) {
    const identity = begun.kind.complete(begun.settings);
    if (identity) return { ...identity, madeOf: namesOf(usedOf(begun), origins) };
  }
  throw halfGiven(first, origins);
}

function begunOf(kind: IdentityKind, settings: IdentitySettings, origins: Origins): readonly Begun[] {
  const { begins, switches = [] } = kind;
  if (switches.some((name) => settings[name] === false)) return [];
  const rankOf = (name: string) => rank(kind, origins[name]);
  const own = Object.fromEntries(Object.entries(settings).filter(([name]) => rankOf(name) !== undefined));
  const by = [...begins, ...switches].filter((name) => own[name] !== undefined && own[name] !== false);
  const ranks = by.flatMap((name) => rankOf(name) ?? []);
  return ranks.length > 0 ? [{ kind, settings: own, by, rank: Math.min(...ranks) }] : [];
}

/** Where a source stands in the order; undefined where the variable is of a platform that the kind is not for. */
function rank({ platform = [] }: IdentityKind, variable: string | undefined): number | undefined {
  if (variable === undefined) return 0;
  if (platform.some((beginning) => variable.startsWith(beginning))) return FAMILIES.length + 1;
  const family = FAMILIES.findIndex((beginning) => variable.startsWith(beginning));
  return family < 0 ? undefined : family + 1;
}

function halfGiven(begun: readonly Begun[], origins: Origins): Fault {
  const each = begun.map(({ kind, settings, by }) => {
    return `${kind.title}, begun by ${namesOf(by, origins)}, lacks ${LIST.format(missingOf(kind, settings))}`;
  });
  return new Fault({
    kind: "invalid-input",
    what: `The identity for Microsoft Entra is not complete: ${each.join("; ")}`,
    hint: [begun.length === 1 ? begun[0]?.kind.setUp : "One of them has to be complete.", `See ${IDENTITIES_PAGE}`]
      .filter(Boolean)
      .join(" "),
  });
}

function contradicting(begun: readonly Begun[], origins: Origins): Fault {
  const each = begun.map(({ kind, settings, by }) => {
    const missing = missingOf(kind, settings);
    const lacks = missing.length > 0 ? `, which lacks ${LIST.format(missing)}` : "";
    return `${kind.title} by ${namesOf(by, origins)}${lacks}`;
  });
  return new Fault({
    kind: "invalid-input",
    what: `More than one identity for Microsoft Entra is given: ${each.join("; ")}`,
    hint: `Leave one. What the program's settings say comes before the environment, and there GMAILSYNC_* before all others. See ${IDENTITIES_PAGE}`,
  });
}

function usedOf({ kind: { needs, takes = [] }, settings, by }: Begun): readonly IdentitySetting[] {
  return [...new Set([...by, ...needs, ...takes])].filter((name) => settings[name] !== undefined);
}

function missingOf(kind: IdentityKind, settings: IdentitySettings): readonly string[] {
  return kind.needs.filter((name) => settings[name] === undefined).map((name) => withVariable(kind, name));
}

function namesOf(names: readonly IdentitySetting[], origins: Origins): string {
  return LIST.format(names.map((name) => (origins[name] === undefined ? name : `${name} (${origins[name]})`)));
}

/** A setting with the variable that fits best: of the platform, else of Azure's libraries, else our own. */
function withVariable({ platform = [] }: IdentityKind, name: IdentitySetting): string {
  const variables = settingOf(name)?.environment ?? [];
  const beginnings = ["AZURE_", ...platform, "ARM_", ""];
  const [fitting] = beginnings.flatMap((one) => variables.find((variable) => variable.startsWith(one)) ?? []);
  return fitting === undefined ? name : `${name} (${fitting})`;
}
