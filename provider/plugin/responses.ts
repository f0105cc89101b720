import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { mask } from "../redaction/secrets.ts";
import type { Change } from "../resource/diff.ts";
import type { Resource } from "../resource/resource.ts";
import { propertiesWhere } from "../schema/define.ts";
import { shownPath } from "../schema/shown-name.ts";
import type { Failure } from "../schema/validator.ts";
import { type Path, type Tree, UNKNOWN } from "../values.ts";
import { type Unwrapped, wrap } from "./wire.ts";

/** The places that are secret: what came in as such, and what is by nature. */
export function secretPaths(resource: Resource, inputs: Unwrapped): Path[] {
  return [...inputs.secrets, ...resource.secrets.map((name) => [name])];
}

export function wrapAll(resource: Resource, inputs: Unwrapped, tree: Tree): Struct {
  return wrap(tree, secretPaths(resource, inputs));
}

/** Before the object exists nothing is known of what it tells. */
export function unknownOutputs({ definition }: Resource): Tree {
  return unknown(Object.keys(definition.outputs.properties));
}

/** What an update may change. */
export function recomputed({ definition }: Resource): Tree {
  return unknown(propertiesWhere(definition.outputs, (property) => property.recomputed));
}

function unknown(names: readonly string[]): Tree {
  return Object.fromEntries(names.map((name) => [name, UNKNOWN]));
}

/** `diffs` holds exactly the top-level keys of `detailedDiff`, which is what `replaceOnChanges` of a program works on. */
export function diffResponse(changes: readonly Change[], { deleteBeforeReplace = false } = {}): messages.DiffResponse {
  const { PropertyDiff, DiffResponse } = providerPb;
  const { Kind } = PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const response = new DiffResponse()
    .setChanges(changes.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE)
    .setHasdetaileddiff(true)
    .setDiffsList([...new Set(changes.map(({ property }) => property))])
    .setReplacesList([...new Set(changes.filter(({ replaces }) => replaces).map(({ property }) => property))])
    .setDeletebeforereplace(deleteBeforeReplace);
  const detailed = response.getDetaileddiffMap();
  for (const { path, kind, replaces, ofOutputs = false } of changes) {
    detailed.set(path, new PropertyDiff().setKind(kinds[kind][replaces ? 1 : 0]).setInputdiff(!ofOutputs));
  }
  return response;
}

/** The checked inputs, and what is wrong with them. */
export function checkResponse(
  inputs: Struct,
  failures: readonly Pick<Failure, "path" | "reason">[],
  secrets: readonly Path[],
): messages.CheckResponse {
  const response = new providerPb.CheckResponse().setInputs(inputs);
  for (const failure of failures) response.addFailures(checkFailure(failure, secrets));
  return response;
}

/** A failure at a secret, or around one, names its property in words, as the engine shows the value of one that it is told of. */
export function checkFailure(
  { path, reason }: Pick<Failure, "path" | "reason">,
  secrets: readonly Path[],
): messages.CheckFailure {
  const failure = new providerPb.CheckFailure();
  const text = mask(reason);
  const isAt = (secret: Path) => secret.every((key, index) => index >= path.length || path[index] === key);
  return path.length > 0 && secrets.some(isAt)
    ? failure.setReason(`property ${shownPath(path)} ${text}`)
    : failure.setProperty(shownPath(path)).setReason(text);
}
