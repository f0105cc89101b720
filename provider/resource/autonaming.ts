import { createHash } from "node:crypto";
import { type Definition, propertiesWhere } from "../schema/define.ts";
import type { Tree } from "../values.ts";
import { nameIn } from "./urn.ts";

/** Letters and digits behind a name, as Pulumi's own providers have them. */
const RANDOM = 7;
/** Characters of a resource's name that are taken over. */
const LONGEST = 80;

/**
 * The inputs, with names for those that programs may leave out (`autonamed`). A name stays once there is one: another one would be
 * a change that nobody asked for.
 */
export function named({ inputs }: Definition, news: Tree, olds: Tree, proposal: () => string | undefined): Tree {
  const names = propertiesWhere(inputs, ({ autonamed }) => autonamed).flatMap((property) => {
    const name = property in news ? undefined : (olds[property] ?? proposal());
    return name === undefined ? [] : [[property, name] as const];
  });
  return { ...news, ...Object.fromEntries(names) };
}

/** The name of the resource and what the seed makes of it: the same for the same seed. */
export function uniqueName(urn: string, seed: Uint8Array): string {
  const random = createHash("sha256").update(seed).digest("hex").slice(0, RANDOM);
  return `${nameIn(urn).slice(0, LONGEST)}-${random}`;
}
