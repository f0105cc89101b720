import { Ajv } from "ajv";
import { Type } from "typebox";
import { expect, test } from "vitest";
import { FleetSpec } from "../../provider/resources/fleet/spec.ts";
import { definitions } from "../../provider/resources/registry.ts";
import { keywords } from "../../provider/schema/define.ts";
import { ProviderConfiguration } from "../../provider/schema/provider-configuration.ts";
import { completed, validate } from "../../provider/schema/validator.ts";

test("every schema is made of words of JSON Schema and of ours", async () => {
  const ajv = new Ajv({ strict: true, strictRequired: false });
  ajv.addVocabulary([...keywords, "check"]);
  const all = (await definitions()).flatMap(({ inputs, outputs }) => [inputs, outputs]);
  for (const schema of [...all, FleetSpec, ProviderConfiguration]) ajv.compile(schema);
  expect(() => ajv.compile(Type.Object({ name: Type.String({ secrett: true }) }))).toThrow(/secrett/);
});

const schema = Type.Object(
  {
    kind: Type.Enum(["one", "two"], { default: "one" }),
    text: Type.Optional(Type.String({ maxLength: 4 })),
    word: Type.Optional(
      Type.String({
        pattern: "^[a-z]+$",
        form: "a word",
        check: (text: string) => (text === "no" ? "is no" : undefined),
      }),
    ),
    named: Type.Optional(
      Type.Record(Type.String(), Type.Object({ a: Type.Optional(Type.String()) }, { additionalProperties: false })),
    ),
    list: Type.Optional(Type.Array(Type.Object({ count: Type.Integer() }, { additionalProperties: false }))),
  },
  { additionalProperties: false },
);
const reasons = (tree: Parameters<typeof validate>[1]) =>
  validate(schema, tree).failures.map(({ path, reason }) => `${path.join(".")} ${reason}`);

test("defaults are filled in where nothing is given, and what is given is not touched", () => {
  expect(validate(schema, {})).toEqual({ tree: { kind: "one" }, failures: [] });
  expect(validate(schema, { kind: "two" }).tree).toEqual({ kind: "two" });
  expect(completed(schema, {})).toEqual({ kind: "one" });
  expect(completed(schema, { kind: "three" })).toBeUndefined();
});

test("lengths are those of UTF-16, as Dataverse counts", () => {
  expect(reasons({ text: "abcd" })).toEqual([]);
  expect(reasons({ text: "\u{1F600}".repeat(2) })).toEqual([]);
  expect(reasons({ text: "\u{1F600}".repeat(3) })).toEqual(["text must not have more than 4 characters"]);
});

test("a check speaks in place of its pattern, in the words of the form", () => {
  expect(reasons({ word: "no" })).toEqual(["word must be a word; this one is no"]);
  expect(reasons({ word: "yes" })).toEqual([]);
});

test("what is checked often is checked in the same way", () => {
  for (let round = 0; round < 500; round++) {
    expect(reasons({ word: "yes", list: [{ count: round }] })).toEqual([]);
    expect(reasons({ word: "no", kind: "three" })).toHaveLength(2);
  }
});

test("all that is wrong is told, each by its place", () => {
  const list = Array.from({ length: 20 }, (_, index) => ({ count: index % 2 ? index : "many" }));
  expect(reasons({ list })).toHaveLength(10);
  expect(reasons({ list: [{ count: 1, cuont: 2 }, {}], constructor: 1 })).toEqual([
    "constructor there is no property constructor: known are kind, text, word, named, list",
    "list.0.cuont there is no property cuont: did you mean count?",
    "list.1.count is required",
  ]);
  expect(reasons({ named: { "1": { "2": true } } })).toEqual(['named.1.2 there is no property ["2"]: did you mean a?']);
});
