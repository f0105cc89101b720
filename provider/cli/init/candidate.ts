import { remoteText } from "../../fault.ts";
import type { MailboxKind } from "../../resources/mailbox/definition.ts";
import { addressKey, addressProblem, domainOf } from "../../schema/address.ts";

/** Somebody whose mailbox may come into the fleet. */
export interface Candidate {
  /** As it was given; may be empty, or no address. */
  readonly address: string;
  /** What people find it by in the list. */
  readonly name: string;
  readonly kind?: MailboxKind | undefined;
  readonly client?: string | undefined;
  /** Why it is known that it does not belong there, such as that the user is disabled. */
  readonly not?: Reason | undefined;
}

/** Why somebody is left out, as words that follow a number and "left out". */
export const REASONS = {
  noAddress: "without an address",
  invalid: "with an address that cannot be one",
  otherDomain: "of another domain",
  disabled: "disabled",
  setUp: "set up already, which `gmailsync export` makes code of",
  there: "in the file already",
  twice: "more than once in the list",
} as const satisfies Readonly<Record<string, string>>;

export type Reason = keyof typeof REASONS;

/** An entry of `mailboxes.yaml`. */
export interface Entry {
  readonly address: string;
  readonly kind?: MailboxKind;
  readonly client?: string;
}

export interface LeftOut {
  readonly name: string;
  readonly reason: Reason;
  /** What is wrong with an address. */
  readonly detail?: string;
}

export interface Chosen {
  readonly entries: readonly Entry[];
  readonly left: readonly LeftOut[];
}

/** Who comes into the file, in the order of the list. */
export function chosen(
  candidates: readonly Candidate[],
  { domains, there }: { readonly domains: readonly string[]; readonly there: readonly string[] },
): Chosen {
  const wanted = new Set(domains.map((domain) => domainOf(`x@${domain}`)));
  const known = new Set(there.map(addressKey));
  const taken = new Map<string, Set<MailboxKind | undefined>>();
  const accepted: Candidate[] = [];
  const left: LeftOut[] = [];
  for (const candidate of candidates) {
    const { address, kind } = candidate;
    const key = addressKey(address);
    const kinds = taken.get(key) ?? new Set();
    const reason = reasonOf(candidate, { wanted, known, kinds });
    if (reason) {
      left.push({ name: remoteText(candidate.name || address), ...reason });
      continue;
    }
    accepted.push(candidate);
    taken.set(key, kinds.add(kind));
  }
  // Where a user and a queue have one address, both have to say which they are.
  const entries = accepted.map(({ address, kind, client }) => ({
    address,
    ...(kind && (taken.get(addressKey(address))?.size ?? 0) > 1 && { kind }),
    ...(client && { client }),
  }));
  return { entries, left };
}

interface Known {
  readonly wanted: ReadonlySet<string>;
  /** Addresses of the file. */
  readonly known: ReadonlySet<string>;
  /** Kinds that have come from the list with this address. */
  readonly kinds: ReadonlySet<MailboxKind | undefined>;
}

function reasonOf(
  { address, kind, not }: Candidate,
  { wanted, known, kinds }: Known,
): Omit<LeftOut, "name"> | undefined {
  if (address === "") return { reason: "noAddress" };
  const problem = addressProblem(address);
  if (problem) return { reason: "invalid", detail: problem };
  if (wanted.size > 0 && !wanted.has(domainOf(address))) return { reason: "otherDomain" };
  if (known.has(addressKey(address))) return { reason: "there" };
  if (not) return { reason: not };
  return kinds.has(kind) ? { reason: "twice" } : undefined;
}
