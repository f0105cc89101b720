import { type Json, jsonOf, memberOf, textOf } from "../json.ts";
import { tokenOf } from "../schema/define.ts";

/** Largest export that is read, in bytes; a stack of 20,000 mailboxes stays below. */
export const EXPORT_LIMIT = 256 * 1024 * 1024;
/** Most values of an export: 20,000 mailboxes with their activations have three millions. */
const VALUES_LIMIT = 5_000_000;

/** What `pulumi stack export` writes, as an object; undefined where it is none. */
export function stateIn(text: string): Json | undefined {
  return jsonOf(text, VALUES_LIMIT);
}

export interface ExportedResource {
  /** Of its definition, such as `Mailbox`. */
  readonly name: string;
  readonly urn: string;
  readonly id: string;
  /** Of the mailbox; empty where none is told. */
  readonly address: string;
  readonly inputs: unknown;
  readonly outputs: unknown;
  /** Its option: whether it stays when it leaves the stack. */
  readonly retainOnDelete: boolean;
}

/** The resources of these names in what `pulumi stack export` writes; undefined where it is something else. */
export function exportedResources(
  state: Json | undefined,
  names: readonly string[],
  typesOf: (name: string) => readonly string[] = (name) => [tokenOf(name)],
): readonly ExportedResource[] | undefined {
  const resources: unknown = memberOf(memberOf(state, "deployment"), "resources");
  if (!Array.isArray(resources)) return undefined;
  const byType = new Map(names.flatMap((name) => typesOf(name).map((type) => [type, name] as const)));
  return resources.flatMap((resource) => {
    const name = byType.get(textOf(resource, "type"));
    if (name === undefined) return [];
    const inputs = memberOf(resource, "inputs");
    const outputs = memberOf(resource, "outputs");
    const address = textOf(outputs, "emailAddress") || textOf(inputs, "emailAddress");
    const retainOnDelete = memberOf(resource, "retainOnDelete") === true;
    const [urn, id] = [textOf(resource, "urn"), textOf(resource, "id")];
    return [{ name, urn, id, address, inputs, outputs, retainOnDelete }];
  });
}
