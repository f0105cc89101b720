import { expect, test } from "vitest";
import { FleetSpec } from "../../provider/resources/fleet/spec.ts";
import { definitions } from "../../provider/resources/registry.ts";
import { ProviderConfiguration } from "../../provider/schema/provider-configuration.ts";

/** Places of a schema that take names which nothing is said about. */
function openPlaces(schema: unknown, path: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const takesNames = Reflect.has(schema, "properties") || Reflect.has(schema, "patternProperties");
  const open = takesNames && Reflect.get(schema, "additionalProperties") !== false ? [path] : [];
  return [...open, ...Object.entries(schema).flatMap(([key, value]) => openPlaces(value, `${path}.${key}`))];
}

test("no object and no record that users write takes names that nobody checks", async () => {
  const inputs = (await definitions()).map((definition) => definition.inputs);
  const schemas = { FleetSpec, ProviderConfiguration, inputs };
  expect(openPlaces(schemas, "")).toEqual([]);
  expect(openPlaces({ patternProperties: { "^.*$": {} } }, "open")).toEqual(["open"]);
});
