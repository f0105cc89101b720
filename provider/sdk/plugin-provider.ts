import type { Inputs, ResourceOptions } from "@pulumi/pulumi";
import { makeOutput, mergeOptions, ProviderResource, secret } from "./pulumi.ts";

/** An explicit provider of the plugin, as a program sees it. */
export class GmailsyncProvider extends ProviderResource {
  constructor(secrets: readonly string[], name: string, args: Inputs, options: ResourceOptions) {
    super(
      "gmailsync",
      name,
      settingsOf(secrets, args),
      mergeOptions(options, { additionalSecretOutputs: [...secrets] }),
    );
  }
}

/** The engine takes settings of providers as text, all but text as JSON. */
function settingsOf(secrets: readonly string[], args: Inputs): Inputs {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => {
      const text = makeOutput(value).apply((known: unknown) =>
        typeof known === "string" ? known : JSON.stringify(known),
      );
      return [name, secrets.includes(name) ? secret(text) : text];
    }),
  );
}
