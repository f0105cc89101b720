import type { Static, TObject } from "typebox";
import { Fault, type Problem } from "../fault.ts";
import { type Attribution, onBehalfOf } from "../network/attribution.ts";
import { type Definition, propertiesWhere } from "../schema/define.ts";
import { guidOf } from "../schema/guid.ts";
import { completed, type Failure, soundPart, validate } from "../schema/validator.ts";
import { containsUnknown, pick, type Tree, toTree } from "../values.ts";
import type { Context } from "./context.ts";
import { type Change, diffInputs } from "./diff.ts";

/** What an operation leaves behind. With problems the object exists but is not as declared: the next `up` goes on. */
export interface Outcome<Outputs> {
  readonly id: string;
  readonly outputs: Outputs;
  readonly problems?: readonly Problem[];
}

/** What `read` saw: the stored inputs, changed only where the live object differs. */
export interface Live<Inputs, Outputs> extends Outcome<Outputs> {
  readonly inputs: Partial<Inputs>;
}

/** What the state holds; parts that an older version wrote differently are absent. */
export interface Stored<Inputs, Outputs> {
  readonly inputs: Partial<Inputs>;
  readonly outputs: Partial<Outputs>;
}

/**
 * One resource's life. Handlers reconcile: observe the live object, ensure it exists or is adopted, write only the
 * difference, return all outputs. Races (gone, already there) are results. They know nothing of Pulumi's wire.
 */
export interface Handler<Inputs, Outputs> {
  /** Inputs that other inputs stand for, and defaults that a schema cannot hold: for what is not given. */
  derive?(inputs: Partial<Inputs>): Partial<Inputs>;
  /** Rules that the schema cannot say. No network here. */
  check?(inputs: Partial<Inputs>, context: CheckContext): readonly Failure[];
  /**
   * What there is to do: of what the inputs show, and from what this run has met so far. Without it what the inputs show. No network here.
   */
  diff?(stored: Stored<Inputs, Outputs>, context: DiffContext<Inputs>): readonly Change[];
  /** Looks ahead without changing anything; returns the outputs that are known already. */
  preview?(
    inputs: Partial<Inputs>,
    context: Context,
    /** At an update. */
    stored?: Stored<Inputs, Outputs> & { readonly id: string },
  ): Promise<Partial<Outputs>>;
  /** Seconds that these inputs add to the time an operation takes, when the program sets no `customTimeouts`. */
  patience?(inputs: Partial<Inputs>): number;
  /** How the object is that a new resource will adopt, before anything is written; undefined where that is not known. Changes nothing. */
  before?(inputs: Partial<Inputs>, context: Context): Promise<object | undefined>;
  create(inputs: Inputs, context: Context): Promise<Outcome<Outputs>>;
  /** Undefined when the object is gone. `stored` is absent at an import. */
  read(
    id: string,
    stored: Stored<Inputs, Outputs> | undefined,
    context: Context,
  ): Promise<Live<Inputs, Outputs> | undefined>;
  update(id: string, inputs: Inputs, stored: Stored<Inputs, Outputs>, context: Context): Promise<Outcome<Outputs>>;
  delete(id: string, stored: Stored<Inputs, Outputs>, context: Context): Promise<void>;
}

/** What is there without a configuration, too. */
export type Bare = Pick<Context, "environmentUrl" | "roster" | "urn">;

export interface DiffContext<Inputs> extends Pick<Context, "roster" | "urn"> {
  readonly id: string;
  /** As they are declared now, as far as they are known. */
  readonly inputs: Partial<Inputs>;
  /** What the inputs show. */
  readonly changes: readonly Change[];
}

export interface CheckContext extends Bare {
  /** Inputs that are given and whose value is not known yet. */
  readonly unknown: ReadonlySet<string>;
}

export interface StoredTrees {
  readonly inputs: Tree;
  readonly outputs: Tree;
}

/** What `read` saw, as trees. */
export interface LiveTrees extends Outcome<Tree> {
  readonly inputs: Tree;
}

/**
 * A handler behind its definition: trees in, trees out, checked on the way. This is what hosts use. Where nothing may be written it begins
 * nothing that might: not even a note of how things were before.
 */
export interface Resource {
  readonly definition: Definition;
  /** Properties that are secret by nature. */
  readonly secrets: readonly string[];
  check(inputs: Tree, context: Bare): { tree: Tree; failures: readonly Failure[] };
  diff(stored: StoredTrees, inputs: Tree, context: Omit<DiffContext<Tree>, "changes" | "inputs">): readonly Change[];
  preview(inputs: Tree, context: Context, stored?: StoredTrees & { readonly id: string }): Promise<Tree>;
  /** Seconds an operation with these inputs may take, when the program sets no `customTimeouts`. */
  timeoutSeconds(inputs: Tree): number;
  /** What a host keeps with the inputs of a new resource; undefined where there is nothing. */
  before(inputs: Tree, context: Context): Promise<Tree | undefined>;
  create(inputs: Tree, context: Context): Promise<Outcome<Tree>>;
  read(id: string, stored: StoredTrees | undefined, context: Context): Promise<LiveTrees | undefined>;
  update(id: string, inputs: Tree, stored: StoredTrees, context: Context): Promise<Outcome<Tree>>;
  delete(id: string, stored: StoredTrees, context: Context): Promise<void>;
}

export function resource<I extends TObject, O extends TObject>(
  definition: Definition<I, O>,
  handler: Handler<Static<I>, Static<O>>,
): Resource {
  const known = (inputs: Tree): Partial<Static<I>> =>
    soundPart(
      definition.inputs,
      pick(inputs, (_, value) => !containsUnknown(value)),
    );
  const stored = (trees: StoredTrees): Stored<Static<I>, Static<O>> => ({
    inputs: soundPart(definition.inputs, trees.inputs),
    outputs: soundPart(definition.outputs, trees.outputs),
  });
  const complete = (inputs: Tree): Static<I> => {
    const whole = completed(definition.inputs, inputs);
    if (whole) return whole;
    throw new Fault({
      kind: "invalid-input",
      what: `The inputs of ${definition.name} do not match its schema`,
      hint: "Run `pulumi preview` to see which.",
    });
  };
  const outcome = ({ id, outputs, problems }: Outcome<Static<O>>): Outcome<Tree> => ({
    id,
    outputs: toTree(outputs),
    problems: problems ?? [],
  });

  return {
    definition,
    secrets: propertiesWhere(definition.inputs, (property) => property.secret),
    check: (inputs, context) => {
      context.roster.declared.add(context.urn);
      const checked = validate(definition.inputs, inputs);
      if (checked.failures.length > 0) return checked;
      const given = known(checked.tree);
      const unknown = new Set(Object.keys(checked.tree).filter((name) => !(name in given)));
      const derived = pick(toTree(handler.derive?.(given) ?? {}), (name) => !(name in checked.tree));
      const tree = { ...checked.tree, ...derived };
      return { tree, failures: handler.check?.(known(tree), { ...context, unknown }) ?? [] };
    },
    diff: (trees, inputs, context) => {
      const changes = diffInputs(definition, trees.inputs, inputs);
      return handler.diff?.(stored(trees), { ...context, inputs: known(inputs), changes }) ?? changes;
    },
    preview: async (inputs, context, trees) => {
      const before = trees && { ...stored(trees), id: trees.id };
      return toTree((await handler.preview?.(known(inputs), context, before)) ?? {});
    },
    timeoutSeconds: (inputs) => definition.timeoutSeconds + (handler.patience?.(known(inputs)) ?? 0),
    before: async (inputs, context) => {
      const found = await handler.before?.(known(inputs), context);
      return found && toTree(found);
    },
    create: async (inputs, context) => {
      context.network.permit("writes");
      return onBehalf("create", context, async () => outcome(await handler.create(complete(inputs), context)));
    },
    read: async (id, trees, context) => {
      if (trees) context.roster.inState.add(context.urn);
      const live = trees
        ? await handler.read(id, stored(trees), context)
        : await handler.read(guidOf(id) ?? id.trim(), undefined, context);
      return live && { ...outcome(live), inputs: toTree(live.inputs) };
    },
    update: async (id, inputs, trees, context) => {
      context.network.permit("writes");
      return onBehalf("update", context, async () =>
        outcome(await handler.update(id, complete(inputs), stored(trees), context)),
      );
    },
    delete: async (id, trees, context) => {
      context.network.permit("writes");
      await onBehalf("delete", context, () => handler.delete(id, stored(trees), context));
    },
  };
}

function onBehalf<T>(why: Attribution["why"], { urn, log }: Context, work: () => Promise<T>): Promise<T> {
  return onBehalfOf({ urn, why, warn: (text) => log("warning", text) }, work);
}
