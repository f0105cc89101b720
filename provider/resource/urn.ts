/** The type and name of a resource, as people know it: `Mailbox anna`. */
export function nameOfUrn(urn: string): string {
  const [, , types = ""] = urn.split("::");
  return `${types.split("$").at(-1)?.split(":").at(-1) ?? ""} ${nameIn(urn)}`;
}

/** What the program calls it: `anna`. */
export function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The same without the types of parents. */
export function withoutParents(urn: string): string {
  const [stack, project, types = "", ...name] = urn.split("::");
  return [stack, project, types.split("$").at(-1), ...name].join("::");
}
