import { remoteText } from "../../fault.ts";
import type { MailboxKind } from "../../resources/mailbox/definition.ts";
import { accountOf, addressProblem, domainOf, sameAddress } from "../../schema/address.ts";

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
  /** What is wrong with an address, or whose account it is. */
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
  const known = new Map(there.map((address) => [accountOf(address), address]));
  const taken = new Map<string, Map<MailboxKind | undefined, string>>();
  const sameAccount = Map.groupBy(candidates, ({ address }) => accountOf(address));
  const accepted: Candidate[] = [];
  const left: LeftOut[] = [];
  for (const candidate of candidates) {
    const { address, kind } = candidate;
    const account = accountOf(address);
    const kinds = taken.get(account) ?? new Map();
    const reason = reasonOf(candidate, { wanted, known, kinds });
    if (reason) {
      left.push({ name: remoteText(candidate.name || address), ...reason });
      continue;
    }
    accepted.push(candidate);
    taken.set(account, kinds.set(kind, address));
  }
  // Where a user and a queue have one address, each has to say which it is, also where the other is left out.
  const entries = accepted.map(({ address, kind, client }) => ({
    address,
    ...(kind && new Set(sameAccount.get(accountOf(address))?.map((one) => one.kind)).size > 1 && { kind }),
    ...(client && { client }),
  }));
  return { entries, left };
}

interface Known {
  readonly wanted: ReadonlySet<string>;
  /** Addresses of the file, by account. */
  readonly known: ReadonlyMap<string, string>;
  /** Kinds that have come from the list with this account, and the address of each. */
  readonly kinds: ReadonlyMap<MailboxKind | undefined, string>;
}

function reasonOf(
  { address, kind, not }: Candidate,
  { wanted, known, kinds }: Known,
): Omit<LeftOut, "name"> | undefined {
  if (address === "") return { reason: "noAddress" };
  const problem = addressProblem(address);
  if (problem) return { reason: "invalid", detail: problem };
  if (wanted.size > 0 && !wanted.has(domainOf(address))) return { reason: "otherDomain" };
  const inFile = known.get(accountOf(address));
  if (inFile !== undefined) return { reason: "there", ...writtenAs(inFile, address) };
  if (not) return { reason: not };
  const before = kinds.get(kind);
  return before === undefined ? undefined : { reason: "twice", ...writtenAs(before, address) };
}

/** At gmail.com addresses that look different may be one account. */
function writtenAs(other: string, address: string): Pick<LeftOut, "detail"> {
  return sameAddress(other, address) ? {} : { detail: `the account of ${remoteText(other)}` };
}
