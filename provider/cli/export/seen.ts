import { Fault, onOneLine, wordsOf } from "../../fault.ts";
import type { Services } from "../../host/configuration.ts";
import type { Deadline } from "../../network/deadline.ts";
import type { Context } from "../../resource/context.ts";
import type { Resource } from "../../resource/resource.ts";
import type { Where } from "../../resources/mailbox/functions.ts";
import { properties } from "../../schema/define.ts";
import { isTree, pick, type Tree, type Value } from "../../values.ts";
import type { Holdings } from "./held.ts";

/** How is looked, and at what. */
export interface Look {
  readonly services: Services;
  readonly deadline: Deadline;
  readonly filters: Where;
  readonly holdings: Holdings;
  /** Whether one client may have several profiles, which a fleet's has not. */
  readonly profilesMayShare: boolean;
}

/** Something with what code cannot say of it. */
export interface Seen<T> {
  readonly found: T;
  readonly deviation?: string | undefined;
}

/** What an import reads, and what the next preview would still change of it. */
export async function seenAs(resource: Resource, id: string, how: Look): Promise<{ inputs: Tree; deviation?: string }> {
  const context = contextOf(how, `${resource.definition.name} ${id}`);
  const imported = await resource.read(id, undefined, context);
  if (!imported) throw new Fault({ kind: "not-found", what: `${resource.definition.name} ${id} has gone meanwhile` });
  const { inputs, outputs } = imported;
  const { tree: declared } = resource.check(inputs, context);
  const refreshed = (await resource.read(id, { inputs: declared, outputs }, context)) ?? imported;
  const changes = resource.diff({ inputs: refreshed.inputs, outputs }, declared, { ...context, id });
  const names = new Set(changes.map(({ property }) => property));
  const problems = (imported.problems ?? []).map(wordsOf);
  if (names.size === 0 && problems.length === 0) return { inputs };
  const would = [...names].map((name) => `${name} would become ${JSON.stringify(declared[name])}`);
  return { inputs, deviation: onOneLine([...would, ...problems].join("; ")) };
}

/** What has to be said of inputs: neither defaults, nor what only hosts keep. */
export function beyondDefaults({ definition }: Resource, inputs: Tree, others: readonly string[]): Tree {
  const known = properties(definition.inputs);
  return pick(
    inputs,
    (name, value) => name in known && !others.includes(name) && known[name]?.default !== value && !isEmpty(value),
  );
}

function isEmpty(value: Value): boolean {
  return value === null || (isTree(value) && Object.keys(value).length === 0);
}

/** For what nobody has declared. */
export function contextOf({ services, deadline }: Look, what: string): Context {
  const urn = `urn:pulumi:export::export::gmailsync::${what}`;
  return { ...services, urn, deadline, finishing: deadline, log: () => {}, progress: () => {} };
}
