import type { Context } from "../resource/context.ts";
import { LOOK_UP, OUTCOMES } from "../resources/fleet/functions.ts";
import { isList, type Tree, toTree, type Value } from "../values.ts";

type Answer = (args: Tree, context: Context) => Promise<Tree>;

/** What a fleet may ask this process, by token (`provider/resources/fleet/functions.ts`). While a setting is not known it is told nothing. */
export const FOR_FLEETS: Readonly<Partial<Record<string, Answer>>> = {
  async [OUTCOMES]({ urns }, { roster }) {
    const told = texts(urns).flatMap((urn) => {
      const outcome = roster.outcomes.of(urn);
      return outcome ? [[urn, toTree(outcome)] as const] : [];
    });
    return { outcomes: Object.fromEntries(told) };
  },

  async [LOOK_UP]({ addresses }, context) {
    const { lookUp } = await import("../resources/mailbox/look-up.ts");
    const leavers = await lookUp(texts(addresses), context);
    for (const address of leavers.missing) context.roster.missing.add(address);
    return { missing: [...leavers.missing] };
  },
};

function texts(value: Value | undefined): readonly string[] {
  return value !== undefined && isList(value) ? value.map(String) : [];
}
