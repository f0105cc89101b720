import { randomBytes } from "node:crypto";
import { Fault, messageOf, type Problem, wordsOf } from "../fault.ts";
import { withBudget } from "../host/budget.ts";
import { elsewhere, isSame, storedEnvironment } from "../host/environment.ts";
import { learn, mask, type SafeText } from "../redaction/secrets.ts";
import { named, uniqueName } from "../resource/autonaming.ts";
import type { Context } from "../resource/context.ts";
import type { Outcome, Resource } from "../resource/resource.ts";
import { Roster } from "../resource/roster.ts";
import { withoutParents } from "../resource/urn.ts";
import { resourceOf } from "../resources/registry.ts";
import { properties, tokenOf } from "../schema/define.ts";
import { shownPath } from "../schema/shown-name.ts";
import { isList, isTree, pick, type Tree } from "../values.ts";
import type { CheckAnswer, DiffAnswer, StackConfiguration } from "./protocol.ts";
import { environmentUrlOf, servicesIfConfigured, servicesOf } from "./services.ts";
import { fromWire, toWire } from "./wire.ts";

/** What people are shown of an error. Pulumi's SDK prints its stack as well, which tells them nothing. */
class Shown extends Error {
  override readonly stack = "";
}

/** The same operation, which throws nothing but what people may be shown. */
function shown<Given extends unknown[], Result>(operation: (...given: Given) => Promise<Result>) {
  return async (...given: Given): Promise<Result> => {
    try {
      return await operation(...given);
    } catch (error) {
      throw error instanceof Shown ? error : new Shown(mask(messageOf(error)));
    }
  };
}

/** Rules and defaults. What the secrets of other inputs stand for would be stored in the clear, so it has to be given. */
export const check = shown(
  async (kind: string, settings: StackConfiguration | undefined, olds: object, news: object): Promise<CheckAnswer> => {
    const resource = await resourceFor(kind);
    const { gmailsyncUrn: now = kind, ...own } = fromWire(news);
    remember(resource, own);
    const before = fromWire(olds);
    // What an earlier version has stored names no parents, and stays the same resource.
    const former = withoutParents(String(now));
    const urn = before["gmailsyncUrn"] === former ? former : String(now);
    const bare = { environmentUrl: environmentUrlOf(settings), roster: new Roster(), urn };
    const given = named(resource.definition, own, before, () => uniqueName(urn, randomBytes(32)));
    const { tree, failures } = resource.check(given, bare);
    const derived = resource.secrets.filter((name) => name in tree && !(name in own));
    const refused = [
      ...failures,
      ...derived.map((name) => ({
        path: [name],
        reason: "has to be given, as dynamic resources cannot keep what is derived secret",
      })),
    ];
    return {
      inputs: toWire({ ...tree, gmailsyncUrn: urn }),
      // The engine would print the value of a property that is named, and secrets come without marks.
      failures: refused.map(({ path, reason }) => ({
        property: "",
        reason: mask(`${shownPath(path)} ${reason}`.trim()),
      })),
    };
  },
);

/** Inputs decide; what was seen to be wrong is tried again. */
export const diff = shown(
  async (
    kind: string,
    settings: StackConfiguration | undefined,
    id: string,
    olds: object,
    news: object,
  ): Promise<DiffAnswer> => {
    const resource = await resourceFor(kind);
    const before = storedOf(resource, fromWire(olds));
    const services = servicesIfConfigured(settings);
    const { own, rest } = split(resource, fromWire(news));
    // Of what is both, the old output is as good as the old input, where it is an input at all.
    const both = pick(before.outputs, (name) => name in own);
    const stored = { ...before, inputs: { ...before.inputs, ...both } };
    const changes = resource.diff(stored, own, {
      roster: services?.roster ?? new Roster(),
      urn: String(rest["gmailsyncUrn"] ?? kind),
      id,
    });
    const problems = fromWire(olds)["problems"];
    const unhealthy = problems !== undefined && isList(problems) && problems.length > 0;
    const replaces = changes.filter((change) => change.replaces).map(({ property }) => property);
    return {
      changes: changes.length > 0 || (unhealthy && id !== ""),
      replaces,
    };
  },
);

export const create = shown(async (kind: string, settings: StackConfiguration | undefined, inputs: object) => {
  const { resource, own, rest, urn } = await operation(kind, inputs);
  const { here, outcome } = await run(resource, settings, { urn, inputs: own }, (context) =>
    resource.create(own, context),
  );
  return { id: outcome.id, outs: settled(own, { ...rest, ...here }, outcome, inputs) };
});

export const update = shown(
  async (kind: string, settings: StackConfiguration | undefined, id: string, olds: object, news: object) => {
    const { resource, own, rest, urn } = await operation(kind, news);
    const before = fromWire(olds);
    const stored = storedOf(resource, before);
    const { here, outcome } = await run(resource, settings, { urn, inputs: own, before }, (context) =>
      resource.update(id, own, stored, context),
    );
    return { outs: settled(own, { ...rest, ...here }, outcome, news) };
  },
);

/** A dynamic provider cannot report an object as unhealthy here, so its problems become a property, which `diff` sees. */
export const read = shown(async (kind: string, settings: StackConfiguration | undefined, id: string, props: object) => {
  const { resource, rest, urn } = await operation(kind, props);
  const before = fromWire(props);
  const stored = storedOf(resource, before);
  const { here, outcome: live } = await run(resource, settings, { urn, before }, (context) =>
    resource.read(id, stored, context),
  );
  if (!live) return { id: "" };
  const { problems = [] } = live;
  return {
    id: live.id,
    inputs: toWire({ ...live.inputs, ...rest }),
    props: toWire({
      ...live.inputs,
      ...live.outputs,
      ...rest,
      ...here,
      ...(problems.length > 0 && { problems: masked(problems) }),
    }),
  };
});

export const destroy = shown(
  async (kind: string, settings: StackConfiguration | undefined, id: string, props: object) => {
    const { resource, urn } = await operation(kind, props);
    const before = fromWire(props);
    const stored = storedOf(resource, before);
    await run(resource, settings, { urn, before }, (context) => resource.delete(id, stored, context));
  },
);

async function resourceFor(kind: string): Promise<Resource> {
  const resource = await resourceOf(tokenOf(kind));
  if (resource) return resource;
  throw new Fault({ kind: "invalid-input", what: `This version of pulumi-gmailsync has no ${kind}` });
}

async function operation(kind: string, props: object) {
  const resource = await resourceFor(kind);
  const { own, rest } = split(resource, fromWire(props));
  remember(resource, own);
  return { resource, own, rest, urn: String(rest["gmailsyncUrn"] ?? kind) };
}

/** The inputs of the resource, and what is the host's: its name. What the engine adds is left to its SDK. */
function split(resource: Resource, tree: Tree): { own: Tree; rest: Tree } {
  const inputs = properties(resource.definition.inputs);
  return {
    own: pick(tree, (name) => Object.hasOwn(inputs, name)),
    rest: pick(tree, (name) => name === "gmailsyncUrn"),
  };
}

/** The engine gives dynamic providers no old inputs: whether what is an output too was one of them is not known. */
function storedOf({ definition }: Resource, tree: Tree): { inputs: Tree; outputs: Tree } {
  const [inputs, outputs] = [properties(definition.inputs), properties(definition.outputs)];
  return {
    inputs: pick(tree, (name) => Object.hasOwn(inputs, name) && !Object.hasOwn(outputs, name)),
    outputs: pick(tree, (name) => Object.hasOwn(outputs, name)),
  };
}

function remember(resource: Resource, inputs: Tree): void {
  for (const name of resource.secrets) learn(inputs[name]);
}

/**
 * The outputs, or the error that keeps an object which is not as declared: the SDK looks for these members, and forgets to
 * keep the provider along, without which nothing could be done with the object any more.
 */
function settled(inputs: Tree, rest: Tree, { id, outputs, problems = [] }: Outcome<Tree>, given: object): object {
  const outs = toWire({ ...inputs, ...outputs, ...rest });
  if (problems.length === 0) return outs;
  const reasons = masked(problems);
  const __provider: unknown = Reflect.get(given, "__provider");
  const properties = { ...outs, problems: reasons, __provider };
  throw Object.assign(new Shown(reasons.join("\n")), { id, properties, reasons });
}

function masked(problems: readonly Problem[]): SafeText[] {
  return problems.map((problem) => mask(wordsOf(problem)));
}

/** What is kept of the environment with each resource, as the engine keeps nothing for its provider. */
const ENVIRONMENT = "gmailsyncEnvironment";
const DESTROY_FIRST =
  "To move, run `pulumi destroy` in the old one first: dynamic resources do not move by themselves.";

interface Work {
  readonly urn: string;
  readonly inputs?: Tree;
  /** What is stored of the resource, where there is something. */
  readonly before?: Tree;
}

/** What the work brings, and where it was done, to be kept with it. Nothing is done in another environment than before. */
async function run<T>(
  resource: Resource,
  settings: StackConfiguration | undefined,
  { urn, inputs = {}, before = {} }: Work,
  work: (context: Context) => Promise<T>,
): Promise<{ readonly outcome: T; readonly here: Tree }> {
  return withBudget(resource.timeoutSeconds(inputs), undefined, async (budget) => {
    const services = servicesOf(settings);
    const { deadline } = budget;
    const { environmentUrl, dataverse, network } = services;
    const here = { environmentUrl, organizationId: await dataverse.organizationId(deadline) };
    network.journal?.entered(here.environmentUrl, here.organizationId);
    const kept = before[ENVIRONMENT];
    const there = isTree(kept) ? storedEnvironment(kept) : undefined;
    if (there && !isSame(there, here)) throw elsewhere(there, here, DESTROY_FIRST);
    const outcome = await work({
      urn,
      ...services,
      deadline,
      get finishing() {
        return budget.finishing;
      },
      // A dynamic provider has no way to talk to people while it works.
      log: () => {},
      progress: () => {},
    });
    return { outcome, here: { [ENVIRONMENT]: here } };
  });
}
