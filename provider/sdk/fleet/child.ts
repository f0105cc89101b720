import type { ComponentResource, CustomResource, CustomResourceOptions, Output } from "@pulumi/pulumi";
import { knownValue } from "../known.ts";
import { Output as AnyOutput, createUrn, DependencyResource, isDryRun, resourceName, resourceType } from "../pulumi.ts";

/** A child that has settled. One that failed, or was skipped as it stands behind one that failed, has no outputs. */
export type Child<R extends CustomResource = CustomResource> =
  | { readonly urn: string; readonly failed: false; readonly resource: R }
  | { readonly urn: string; readonly failed: true; readonly skipped: boolean };

/**
 * Waits for the engine. Why a child failed is told by the engine, and the SDK rejects all outputs of it: they are heard here,
 * as a rejection that nobody hears ends a process. One look at a child that comes through, as thousands of them do. One
 * `behind` a child that failed is skipped: newer engines (3.274) say of it that it came through, with outputs that stay unknown.
 */
export async function settled<R extends CustomResource>(
  parent: ComponentResource,
  resource: R,
  before?: Child,
): Promise<Child<R>> {
  const skipped = before?.failed === true;
  try {
    await Promise.all(promisesOf(resource.urn));
    const urn = String(await knownValue(resource.urn));
    return skipped ? { urn, failed: true, skipped } : { urn, failed: false, resource };
  } catch {
    for (const value of Object.values(resource)) {
      if (AnyOutput.isInstance(value)) for (const promise of promisesOf(value)) promise.catch(() => {});
    }
    const urn = createUrn(resourceName(resource), resourceType(resource), parent);
    return { urn: String(await knownValue(urn)), failed: true, skipped };
  }
}

/** URNs of those that may be why something failed: nothing was done with those that were skipped. */
export function causesAmong(children: readonly Child[]): readonly string[] {
  return children.flatMap((child) => (child.failed && child.skipped ? [] : [child.urn]));
}

/**
 * Options of what depends on a child. What a run does not register is deleted at its end, under `--continue-on-error`, too: so
 * what depends on a child that failed is registered all the same. The engine skips it, and keeps what the state holds of
 * it with the inputs that it had.
 */
export function behind(child: Child | undefined, inputs: readonly string[]): CustomResourceOptions {
  if (!child?.failed) return {};
  return { dependsOn: new DependencyResource(child.urn), ignoreChanges: [...inputs] };
}

/** Whether it may be told: outputs of what a run with targets has not come to stay unknown, and the state would hold the mark of that. */
export function mayBeTold(isKnown: boolean): boolean {
  return isKnown || isDryRun();
}

/** An output of a plain value that stands behind resources, which the SDK makes of other outputs only. */
export function outputBehind<T>(value: T, isKnown: boolean, urns: readonly string[]): Output<T> {
  const resources = urns.map((urn) => new DependencyResource(urn));
  const promises = [value, isKnown, false, resources].map((each) => Promise.resolve(each));
  const output: unknown = AnyOutput;
  const made: unknown = typeof output === "function" && Reflect.construct(output, [resources, ...promises]);
  if (AnyOutput.isInstance<T>(made)) return made;
  throw new Error("this version of @pulumi/pulumi makes outputs in another way");
}

/** Those of its promises that an output holds from the beginning, which its type does not show. */
function promisesOf(output: Output<unknown>): readonly Promise<unknown>[] {
  return ["isKnown", "isSecret"].map((name) => Promise.resolve(Reflect.get(output, name)));
}
