import { type Definition, properties } from "../schema/define.ts";
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
    .filter((property) => property in schemas)
    .filter((property) => {
      const old = olds[property];
      const fresh = news[property];
      const { volatile, caseless } = schemas[property] ?? {};
      return !((volatile && old !== undefined && fresh !== undefined) || (caseless && sameLetters(old, fresh)));
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

function sameLetters(old: Value | undefined, fresh: Value | undefined): boolean {
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
