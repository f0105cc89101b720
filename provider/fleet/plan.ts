import { type ClientSpec, type FleetSpec, type MailboxSpec, TOLERATED } from "../resources/fleet/spec.ts";
import { assigned } from "./assignment.ts";
import type { Lock } from "./lock.ts";

/** Inputs of a client's resources, secrets apart. */
export interface PlannedClient {
  readonly name: string;
  readonly declared: ClientSpec;
  readonly inputs: Omit<
    ClientSpec,
    "clientSecret" | "previousClientSecret" | "credentialsJson" | "project" | "profile" | "aliases"
  >;
  readonly profile: NonNullable<ClientSpec["profile"]> & { readonly name: string };
}

export interface PlannedMailbox {
  /** In lower case; also the name of its resources, so that nothing else about its place in a file matters. */
  readonly address: string;
  readonly client: string;
  readonly emailAddress: string;
  readonly inputs: Omit<MailboxSpec, "address" | "client" | "activate" | "activation" | "aliases">;
  /** Undefined where it is not to be activated. */
  readonly activation: MailboxSpec["activation"] | undefined;
  readonly aliases: MailboxSpec["aliases"];
}

export interface FleetPlan {
  readonly clients: readonly PlannedClient[];
  readonly mailboxes: readonly PlannedMailbox[];
}

/** Which resources a fleet that was checked is made of. */
export function planOf(spec: FleetSpec, lock: Lock): FleetPlan {
  const { clients } = assigned(spec, lock);
  const several = Object.keys(spec.clients).length > 1;
  return {
    clients: Object.entries(spec.clients).map(([name, declared]) => {
      const { clientSecret: _, previousClientSecret: __, credentialsJson: ___, ...rest } = declared;
      const { project: ____, profile, aliases: _____, ...inputs } = rest;
      const shown = several ? `${spec.profile?.name ?? "Gmail"} (${name})` : (spec.profile?.name ?? "Gmail");
      return { name, declared, inputs, profile: { ...spec.profile, name: shown, ...profile } };
    }),
    mailboxes: spec.mailboxes.flatMap(({ address, client: _, activate, activation, aliases, ...inputs }) => {
      const client = clients.get(address.toLowerCase());
      if (client === undefined) return [];
      const wanted = activate ?? spec.defaults?.activate ?? true;
      return {
        address: address.toLowerCase(),
        client,
        emailAddress: address,
        inputs: { ...spec.defaults?.mailbox, ...inputs },
        activation: wanted ? { tolerate: [...TOLERATED], ...spec.defaults?.activation, ...activation } : undefined,
        aliases,
      };
    }),
  };
}
