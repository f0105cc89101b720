import type { ArgsOf, FunctionDefinition, ResultOf } from "../schema/function.ts";
import { type Failure, matches, validate } from "../schema/validator.ts";
import { type Tree, toTree } from "../values.ts";
import type { Context } from "./context.ts";

/** A function as hosts call it, whatever the types of its arguments. */
export interface Callable {
  readonly definition: FunctionDefinition;
  /** What is wrong with the arguments, or the result. */
  call(given: Tree, context: Context): Promise<{ readonly failures: readonly Failure[] } | { readonly result: Tree }>;
}

export function callable<D extends FunctionDefinition>(
  definition: D,
  answer: (args: ArgsOf<D>, context: Context) => Promise<ResultOf<D>>,
): Callable {
  return {
    definition,
    async call(given, context) {
      const { tree, failures } = validate(definition.inputs, given);
      if (failures.length > 0 || !matches<D["inputs"]>(definition.inputs, tree)) return { failures };
      return { result: toTree(await answer(tree, context)) };
    },
  };
}

/** Whether a state has all the values that are asked for; what is not given, it does not mind. */
export function fits(state: object, wanted: object): boolean {
  return Object.entries(wanted).every(([name, value]) => value === undefined || Reflect.get(state, name) === value);
}
