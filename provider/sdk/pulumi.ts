/**
 * What is used of the SDK, by its parts: the package's entry loads the Automation API too, which takes longer than all of
 * this. Programs get the same objects, as the entry exports them from the same files.
 */
import errors from "@pulumi/pulumi/errors.js";
import output from "@pulumi/pulumi/output.js";
import resource from "@pulumi/pulumi/resource.js";
import runtimeConfig from "@pulumi/pulumi/runtime/config.js";
import settings from "@pulumi/pulumi/runtime/settings.js";

export const { ResourceError } = errors;
export const { all, Output, secret } = output;
export const makeOutput = output.output;
export const {
  ComponentResource,
  createUrn,
  CustomResource,
  DependencyResource,
  mergeOptions,
  resourceName,
  resourceType,
  rootStackResource,
} = resource;
export const { getConfig } = runtimeConfig;
export const { getProject, rpcKeepAlive } = settings;
