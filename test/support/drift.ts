import type { TObject } from "typebox";
import { expect, test } from "vitest";
import { type Definition, type InputsOf, properties } from "../../provider/schema/define.ts";
import type { Tree, Value } from "../../provider/values.ts";
import type { Row } from "../../sandbox/dataverse/state.ts";
import type { Life } from "./life.ts";

/** What somebody else changes, and what is seen of it. */
export interface Drift {
  readonly by: () => unknown;
  /** The property's value then; undefined where it is gone. */
  readonly seen: Value | undefined;
}

/** By property. A text says why nobody else can change it. */
export type Drifts<D extends Definition> = { readonly [P in keyof Required<InputsOf<D>>]: Drift | string };

interface Subject<D extends Definition> {
  readonly definition: D;
  readonly drifts: Drifts<D>;
  readonly life: () => Life;
  /** With a value for each property that can drift. They are there already. */
  readonly inputs: () => Tree;
  /** What stands at the other side, for comparison. */
  readonly live: () => object;
}

/** Tests that a change by somebody else shows at its property, at that alone, and goes back with the next update. */
export function testDrift<I extends TObject, O extends TObject>(subject: Subject<Definition<I, O>>): void {
  const { definition, drifts, life, inputs, live } = subject;

  test("every property has its line in the table of drift", () => {
    expect(Object.keys(drifts).sort()).toEqual(Object.keys(properties(definition.inputs)).sort());
  });

  const changeable = Object.entries<Drift | string>(drifts).flatMap(([property, drift]) =>
    typeof drift === "string" ? [] : [{ property, ...drift }],
  );
  test.each(changeable)("$property shows when somebody changes it, and goes back", async ({ property, by, seen }) => {
    const before = live();
    await by();
    expect(live()).not.toEqual(before);
    await life().refresh();
    expect(life().inputs[property]).toEqual(seen);
    const places = life().changes(inputs());
    expect([...new Set(places.map((path) => path.replace(/[.[].*/, "")))]).toEqual([property]);
    expect(await life().update(inputs())).toBe("update");
    expect(live()).toEqual(before);
    expect(await life().update(inputs())).toBe("nothing");
  });
}

/** A copy of a row without what changes with every write. */
export function cellsOf(row: Row): Row {
  const { versionnumber: _, modifiedon: __, ...cells } = row;
  return cells;
}
