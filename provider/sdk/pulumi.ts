/**
 * What is used of the SDK, by its parts: the package's entry loads the Automation API too, which takes longer than all of
 * this. Programs get the same objects, as the entry exports them from the same files.
 */
import config from "@pulumi/pulumi/config.js";
import errors from "@pulumi/pulumi/errors.js";
import output from "@pulumi/pulumi/output.js";
import resource from "@pulumi/pulumi/resource.js";

export const { Config } = config;
export const { RunError } = errors;
export const { all, Output, secret } = output;
export const makeOutput = output.output;
export const { ComponentResource, CustomResource, mergeOptions, rootStackResource } = resource;
