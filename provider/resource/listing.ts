import type { Static, TObject } from "typebox";
import { type Failure, matches, validate } from "../schema/validator.ts";
import type { Tree } from "../values.ts";
import type { Context } from "./context.ts";

/** One thing that can be imported: its id, and what people call it. */
export interface Listed {
  readonly id: string;
  readonly name: string;
}

/** What there is of a resource, to be looked through before an import. */
export interface Listing {
  /** The filters; all of them are optional. */
  readonly inputs: TObject;
  list(
    given: Tree,
    context: Context,
  ): Promise<{ readonly failures: readonly Failure[] } | { readonly items: readonly Listed[] }>;
}

export function listing<I extends TObject>(
  inputs: I,
  items: (filters: Static<I>, context: Context) => Promise<readonly Listed[]>,
): Listing {
  return {
    inputs,
    async list(given, context) {
      const { tree, failures } = validate(inputs, given);
      if (failures.length > 0 || !matches(inputs, tree)) return { failures };
      return { items: await items(tree, context) };
    },
  };
}
