import { type CustomResourceOptions, createUrn, dynamic, mergeOptions } from "@pulumi/pulumi";
import { knownValue } from "../sdk/known.ts";
import { propertiesOf, type ResourceShape } from "../sdk/plugin-resource.ts";
import { shimOf } from "./shim.ts";

/** A dynamic resource: the plugin's handlers inside of a TypeScript program, with nothing to install. */
export class DynamicResource extends dynamic.Resource {
  constructor(shape: ResourceShape, name: string, args: object, options: CustomResourceOptions) {
    const type = shape.token.replace("gmailsync:index:", "");
    // Not as an output, by which the resource would stand behind all that its parent has.
    const urn = knownValue(createUrn(name, shape.token, options.parent));
    super(
      shimOf(type),
      name,
      // The engine tells dynamic providers no URN, from which the id of what was created twice would be known.
      { ...propertiesOf(shape, args), problems: undefined, gmailsyncUrn: urn },
      mergeOptions(options, { additionalSecretOutputs: [...shape.secrets] }),
      "gmailsync",
      type,
    );
  }
}
