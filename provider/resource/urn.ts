/** The type and name of a resource, as people know it: `Mailbox anna`. */
export function nameOfUrn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1)?.split(":").at(-1) ?? ""} ${name}`;
}
