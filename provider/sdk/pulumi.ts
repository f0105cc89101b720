/**
 * What is used of the SDK, by its parts: the package's entry loads the Automation API too, which takes longer than all of
 * this. Programs get the same objects, as the entry exports them from the same files.
 */
export { ResourceError } from "@pulumi/pulumi/errors.js";
export { info, warn } from "@pulumi/pulumi/log/index.js";
export { Output, output as makeOutput, secret } from "@pulumi/pulumi/output.js";
export {
  ComponentResource,
  CustomResource,
  createUrn,
  DependencyResource,
  mergeOptions,
  ProviderResource,
  resourceName,
  resourceType,
  rootStackResource,
} from "@pulumi/pulumi/resource.js";
export { getConfig } from "@pulumi/pulumi/runtime/config.js";
export { invoke, invokeOutput } from "@pulumi/pulumi/runtime/invoke.js";
export { getProject, isDryRun, rpcKeepAlive } from "@pulumi/pulumi/runtime/settings.js";
