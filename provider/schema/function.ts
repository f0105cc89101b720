import type { Static, TObject } from "typebox";
import type { Definition } from "./define.ts";

/** Seconds that a call may take: reading 20,000 mailboxes takes some. */
export const FUNCTION_SECONDS = 120;

/** The one definition of a function: the check of its arguments, its TypeScript types, the Pulumi schema and its page. It only reads. */
export type FunctionDefinition<Inputs extends TObject = TObject, Outputs extends TObject = TObject> = Pick<
  Definition<Inputs, Outputs>,
  "name" | "description" | "examples" | "inputs" | "outputs" | "limits"
>;

export type ArgsOf<D extends FunctionDefinition> = Static<D["inputs"]>;
export type ResultOf<D extends FunctionDefinition> = Static<D["outputs"]>;

/** Keeps the exact types of a definition while checking its shape. */
export function defineFunction<I extends TObject, O extends TObject>(
  definition: FunctionDefinition<I, O>,
): FunctionDefinition<I, O> {
  return definition;
}
