import { FleetSpec } from "../../provider/resources/fleet/spec.ts";
import { keywords } from "../../provider/schema/define.ts";

const OWN: ReadonlySet<string> = new Set([...keywords, "writeOnly"]);

/** The JSON Schema of `mailboxes.yaml`, for editors: without the words that only this project knows. */
export function mailboxesSchema(): object {
  const text = JSON.stringify(FleetSpec, (key, value: unknown) => (OWN.has(key) ? undefined : value));
  return { $schema: "http://json-schema.org/draft-07/schema#", ...JSON.parse(text) };
}
