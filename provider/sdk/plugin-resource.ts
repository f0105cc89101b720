import type { CustomResourceOptions, Inputs } from "@pulumi/pulumi";
import { CustomResource, mergeOptions, secret } from "./pulumi.ts";

export interface ResourceShape {
  readonly token: string;
  /** All properties, inputs and outputs. */
  readonly names: readonly string[];
  /** Inputs that are secret by nature. */
  readonly secrets: readonly string[];
}

/** A resource of the plugin, as a program sees it. */
export class GmailsyncResource extends CustomResource {
  constructor(shape: ResourceShape, name: string, args: object | undefined, options: CustomResourceOptions) {
    super(
      shape.token,
      name,
      propertiesOf(shape, args),
      mergeOptions(options, { additionalSecretOutputs: [...shape.secrets] }),
    );
  }
}

/** A property that is not mentioned at all would never get its output. */
export function propertiesOf({ names, secrets }: ResourceShape, args: object | undefined): Inputs {
  const unset = Object.fromEntries(names.map((property): [string, undefined] => [property, undefined]));
  const given: Inputs = { ...unset, ...args };
  for (const name of secrets) if (given[name] !== undefined) given[name] = secret(given[name]);
  return given;
}
