import { asGiven } from "../schema/as-given.ts";
import { type Definition, type PropertySchema, properties } from "../schema/define.ts";
import { isList, isTree, type Path, pathText, type Tree, UNKNOWN, type Value } from "../values.ts";

export interface Change {
  /** As Pulumi writes it. */
  readonly path: string;
  /** The property of the resource in which the change lies. */
  readonly property: string;
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
  /** The property is one of the outputs: they say that there is something to do. */
  readonly ofOutputs?: true;
}

/** What changes between two sets of inputs. Inputs alone decide: `read` writes what it sees into them. */
export function diffInputs(definition: Pick<Definition, "inputs">, olds: Tree, news: Tree): Change[] {
  const schemas = properties(definition.inputs);
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((property) => Object.hasOwn(schemas, property))
    .filter((property) => {
      const old = olds[property];
      const fresh = news[property];
      const schema = schemas[property] ?? {};
      const both = old !== undefined && fresh !== undefined;
      return !both || !(schema.volatile || (schema.caseless && sameLetters(old, fresh)) || isSame(schema, old, fresh));
    })
    .flatMap((property) =>
      differences(olds[property], news[property], [property]).map(({ path, kind }) => ({
        path: pathText(path),
        property,
        kind,
        replaces: schemas[property]?.replaceOnChanges ?? false,
      })),
    );
}

/** However they are spelled. */
function isSame(schema: PropertySchema, old: Value, fresh: Value): boolean {
  return differences(asGiven(schema, old), asGiven(schema, fresh), []).length === 0;
}

function sameLetters(old: Value, fresh: Value): boolean {
  return typeof old === "string" && typeof fresh === "string" && old.toLowerCase() === fresh.toLowerCase();
}

type Difference = { readonly path: Path; readonly kind: Change["kind"] };

function differences(old: Value | undefined, fresh: Value | undefined, path: Path): Difference[] {
  if (old === fresh && old !== UNKNOWN) return [];
  if (old === undefined) return [{ path, kind: "add" }];
  if (fresh === undefined) return [{ path, kind: "delete" }];
  if (isList(old) && isList(fresh)) {
    const length = Math.max(old.length, fresh.length);
    return Array.from({ length }, (_, i) => differences(old[i], fresh[i], [...path, i])).flat();
  }
  if (isTree(old) && isTree(fresh)) {
    return [...new Set([...Object.keys(old), ...Object.keys(fresh)])].flatMap((key) =>
      differences(old[key], fresh[key], [...path, key]),
    );
  }
  return [{ path, kind: "update" }];
}
