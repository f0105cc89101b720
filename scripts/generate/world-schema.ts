import { WorldDefinition } from "../../sandbox/world/definition.ts";

/** What `repeat` replaces by its counter; the texts of a repeated entry have it where a pattern would not allow it. */
const COUNTER = "%(0[0-9])?d";

/** The JSON Schema of `world.yaml`, for editors: without the words that only this project knows. */
export function worldSchema(): object {
  const text = JSON.stringify(WorldDefinition, (key, value: unknown) => {
    if (key === "form") return undefined;
    return key === "pattern" ? `${value}|${COUNTER}` : value;
  });
  return { $schema: "http://json-schema.org/draft-07/schema#", ...JSON.parse(text) };
}
