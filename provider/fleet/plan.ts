import { type ClientSpec, type FleetSpec, type MailboxSpec, TOLERATED } from "../resources/fleet/spec.ts";
import { accountOf } from "../schema/address.ts";
import { assigned } from "./assignment.ts";
import type { Lock } from "./lock.ts";
import { kindIn, nameOf } from "./names.ts";

/** Inputs of a client's resources, secrets apart. */
export interface PlannedClient {
  readonly name: string;
  readonly declared: ClientSpec;
  readonly inputs: Omit<
    ClientSpec,
    "clientSecret" | "previousClientSecret" | "credentialsJson" | "project" | "profile" | "retainProfile" | "aliases"
  >;
  readonly profile: NonNullable<ClientSpec["profile"]> & { readonly name: string };
}

export interface PlannedMailbox {
  /** Of its resources, from its address and kind, so that nothing else about its place in a file matters. */
  readonly name: string;
  /** What its resources were called before, in this or another fleet. */
  readonly formerNames: readonly string[];
  /** What a program finds it by in the outputs: its address in lower case; the name where a user has the same one. */
  readonly key: string;
  readonly client: string;
  readonly emailAddress: string;
  readonly inputs: Omit<MailboxSpec, "address" | "was" | "client" | "activate" | "activation" | "aliases">;
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
      const { project: ____, profile, retainProfile: _____, aliases: ______, ...inputs } = rest;
      const shown = several ? `${spec.profile?.name ?? "Gmail"} (${name})` : (spec.profile?.name ?? "Gmail");
      return { name, declared, inputs, profile: { ...spec.profile, name: shown, ...profile } };
    }),
    mailboxes: mailboxesOf(spec, lock, clients),
  };
}

/** What these clients have of a plan. Names and places are those of the whole, whoever takes which part. */
export function partOf({ clients, mailboxes }: FleetPlan, names: readonly string[] | undefined): FleetPlan {
  if (names === undefined) return { clients, mailboxes };
  return {
    clients: clients.filter(({ name }) => names.includes(name)),
    mailboxes: mailboxes.filter(({ client }) => names.includes(client)),
  };
}

function mailboxesOf(spec: FleetSpec, lock: Lock, clients: ReadonlyMap<string, string>): readonly PlannedMailbox[] {
  const names = new Set(spec.mailboxes.map((mailbox) => nameOf(mailbox.address, kindIn(spec, mailbox))));
  const renamed = new Map(lock.lines.map(({ address, was }) => [address, was]));
  return spec.mailboxes.flatMap((mailbox): readonly PlannedMailbox[] => {
    const { address, was, client: _, activate, activation, aliases, ...inputs } = mailbox;
    const client = clients.get(accountOf(address));
    if (client === undefined) return [];
    const kind = kindIn(spec, mailbox);
    const plain = address.toLowerCase();
    const name = nameOf(address, kind);
    const addresses = [plain, ...(was === undefined ? [] : [was.toLowerCase()]), ...(renamed.get(plain) ?? [])];
    // Of other kinds, too: until there was a user with the address, its name was the address alone.
    const former = new Set(addresses.flatMap((one) => [nameOf(one, kind), one]));
    return [
      {
        name,
        // The engine refuses an alias that another resource has for its name; whose row it is shows all the same.
        formerNames: [...former].filter((one) => !names.has(one)),
        key: names.has(plain) ? name : plain,
        client,
        emailAddress: address,
        inputs: { ...spec.defaults?.mailbox, ...inputs },
        activation:
          (activate ?? spec.defaults?.activate ?? true)
            ? { tolerate: [...TOLERATED], ...spec.defaults?.activation, ...activation }
            : undefined,
        aliases,
      },
    ];
  });
}
