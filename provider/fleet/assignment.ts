import { capacityOf, consentProblem } from "../google/consent-screen.ts";
import type { FleetSpec } from "../resources/fleet/spec.ts";
import { screenOf } from "../resources/google-oauth-client/consent-screen.ts";
import type { Lock } from "./lock.ts";

export interface Assignment {
  /** Client names by address in lower case. */
  readonly clients: ReadonlyMap<string, string>;
  /** Addresses in lower case that neither pin nor lock nor an only client decides about. */
  readonly open: readonly string[];
}

/** Pins first, then the lock; where there is only one client there is nothing to decide. */
export function assigned({ clients, mailboxes }: FleetSpec, lock: Lock): Assignment {
  const names = Object.keys(clients);
  const only = names.length === 1 ? names[0] : undefined;
  const known = new Map<string, string>();
  const open: string[] = [];
  for (const { address, client: pin } of mailboxes) {
    const key = address.toLowerCase();
    const locked = lock.get(key);
    const client = pin ?? only ?? (locked !== undefined && Object.hasOwn(clients, locked) ? locked : undefined);
    if (client === undefined) open.push(key);
    else known.set(key, client);
  }
  return { clients: known, open };
}

export interface Filled {
  readonly lock: Lock;
  /** Addresses that found no client. */
  readonly left: readonly string[];
  /** New or moved since the lock before: address to client. */
  readonly added: ReadonlyMap<string, string>;
}

/**
 * Gives every open mailbox a client, and moves no other: the first client, in the order of the file, that has room and whose
 * users Google would let consent. Mailboxes that are gone make room. The room is the project's, shared by its clients.
 */
export function filled(spec: FleetSpec, lock: Lock): Filled {
  const { clients: known, open } = assigned(spec, lock);
  const screens = Object.entries(spec.clients).map(([name, client]) => ({ name, screen: screenOf(client) }));
  const used = new Map<string, number>();
  const use = (projectId: string) => used.set(projectId, (used.get(projectId) ?? 0) + 1);
  for (const name of known.values()) {
    const projectId = spec.clients[name]?.projectId;
    if (projectId !== undefined) use(projectId);
  }
  const added = new Map<string, string>();
  const left: string[] = [];
  for (const address of open) {
    const free = screens.find(
      ({ screen }) =>
        (used.get(screen.projectId) ?? 0) < capacityOf(screen) && consentProblem(screen, address) === undefined,
    );
    if (!free) {
      left.push(address);
      continue;
    }
    use(free.screen.projectId);
    added.set(address, free.name);
  }
  return { lock: new Map([...known, ...added]), left, added };
}
