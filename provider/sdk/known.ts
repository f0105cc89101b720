import { Output as AnyOutput } from "./pulumi.ts";

/** Of an output or anything else; undefined while it is not known. */
export async function knownValue(value: unknown): Promise<unknown> {
  if (!AnyOutput.isInstance(value)) return value;
  const promise: unknown = Reflect.get(value, "promise");
  return typeof promise === "function" ? Reflect.apply(promise, value, []) : undefined;
}

/** Whether an output, or anything else, is known. */
export async function knownYet(value: unknown): Promise<boolean> {
  return !AnyOutput.isInstance(value) || Reflect.get(value, "isKnown");
}
