import type { CustomResourceOptions } from "@pulumi/pulumi";
import pulumi from "@pulumi/pulumi";
import { type Kind, propertiesOf } from "../sdk/plugin-resource.ts";
import { shimOf } from "./shim.ts";

/** A dynamic resource: the plugin's handlers inside of a TypeScript program, with nothing to install. */
export class DynamicResource extends pulumi.dynamic.Resource {
  constructor(kind: Kind, name: string, args: object, options: CustomResourceOptions) {
    const type = kind.token.replace("gmailsync:index:", "");
    const urn = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${kind.token}::${name}`;
    super(
      shimOf(type),
      name,
      // The engine tells dynamic providers no URN, from which the id of what was created twice would be known.
      { ...propertiesOf(kind, args), problems: undefined, gmailsyncUrn: urn },
      pulumi.mergeOptions(options, { additionalSecretOutputs: [...kind.secrets] }),
      "gmailsync",
      type,
    );
  }
}
