import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unwrap, wrap } from "../../provider/plugin/wire.ts";
import { type Path, pathText, type Tree, toTree } from "../../provider/values.ts";

/** google-protobuf itself drops a key of this name, at any depth; no property of ours can have it. */
const key = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== "__proto__");
const tree = fc.dictionary(
  key,
  fc
    .jsonValue({ maxDepth: 3 })
    .filter((value) => !JSON.stringify(value).includes('"__proto__":'))
    .map((value) => JSON.parse(JSON.stringify(value))),
  { maxKeys: 5 },
);

function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  const inner = Array.isArray(value)
    ? value.map((item, index) => paths(item, [...at, index]))
    : Object.entries(value).map(([name, item]) => paths(item, [...at, name]));
  return [at, ...inner.flat()];
}

describe("secrets on the wire", () => {
  test("what is wrapped comes back the same, with its secrets at the same places", () => {
    fc.assert(
      fc.property(tree, fc.infiniteStream(fc.boolean()), (value, choices) => {
        const plain: Tree = toTree(value);
        const secrets = paths(plain).filter((path) => path.length > 0 && choices.next().value);
        // A place inside a secret is secret anyway.
        const outer = secrets.filter(
          (path) => !secrets.some((other) => other.length < path.length && other.every((k, i) => path[i] === k)),
        );
        const back = unwrap(wrap(plain, outer));
        expect(back.tree).toEqual(plain);
        expect(back.secrets.map(pathText).toSorted()).toEqual(outer.map(pathText).toSorted());
      }),
      { numRuns: 300 },
    );
  });

  test("a text that was an object with a secret in it is secret", () => {
    const back = unwrap(wrap({ key: '{"private_key": "planted"}', plain: "text" }, [["key", "private_key"], ["none"]]));
    expect(back.secrets).toEqual([["key"]]);
  });

  test("a path is written as Pulumi writes it", () => {
    expect(pathText(["tags", "name"])).toBe("tags.name");
    expect(pathText(["list", 0, "a.b"])).toBe('list[0]["a.b"]');
  });
});
