import type { WorldDefinition } from "./definition.ts";

type Entry<K extends keyof WorldDefinition> = NonNullable<WorldDefinition[K]> extends readonly (infer T)[] ? T : never;

export type Profile = Entry<"profiles">;
export type Provider = NonNullable<NonNullable<WorldDefinition["workspace"]>["workloadProviders"]>[number];
export type Project = Entry<"projects">;
export type Application = Entry<"applications">;
/** A user, a queue or a forward mailbox. */
export type Owner = Entry<"users"> | Entry<"queues"> | Entry<"forwardMailboxes">;

export function list<T>(entries: readonly T[] | undefined): readonly T[] {
  return entries ?? [];
}
