import type { FleetSpec, MailboxSpec } from "../resources/fleet/spec.ts";

/** Whose mailbox an entry says that it is; undefined where it does not. */
export function kindIn({ defaults }: FleetSpec, { kind }: MailboxSpec): MailboxSpec["kind"] {
  return kind ?? defaults?.mailbox?.kind;
}

/** What the resources of a mailbox are called: a user and a queue may have the same address. */
export function nameOf(address: string, kind: MailboxSpec["kind"]): string {
  const plain = address.toLowerCase();
  return kind === undefined || kind === "user" ? plain : `${plain}/${kind}`;
}
