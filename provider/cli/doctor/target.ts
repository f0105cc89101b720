import type { Code } from "../../codes/codes.ts";
import { nameOf } from "../../fleet/names.ts";
import type { MailboxInputs, MailboxKind } from "../../resources/mailbox/definition.ts";
import type { Expected } from "../../resources/mailbox-activation/preconditions.ts";
import type { StoredStep } from "../../schema/step.ts";

/** What a stack's state tells of a mailbox without asking anybody. */
export interface Stored {
  /** Of its activation. */
  readonly steps?: readonly StoredStep[] | undefined;
  readonly testedOn?: string | undefined;
  readonly webUrl?: string | undefined;
}

/** A mailbox that is to be looked at, with the settings that its file or stack has. */
export interface Target {
  /** Its id where nobody has told the address. */
  readonly address: string;
  readonly kind?: MailboxKind | undefined;
  readonly mailboxId?: string | undefined;
  /** Whether another one that is looked at has the address. */
  readonly sharesAddress?: boolean;
  /** Known exceptions. */
  readonly tolerate: readonly Code[];
  /** What is not to be activated only has to be there. */
  readonly activate: boolean;
  /** Name in the fleet. */
  readonly client?: string | undefined;
  /** What its file or stack knows of it. */
  readonly expected?: Expected;
  /** How its file or stack says that it has to be. */
  readonly declared?: Partial<MailboxInputs>;
  readonly stored?: Stored;
}

/** Each mailbox once, in order: what several sources say of one is taken together. */
export function eachOnce(targets: readonly Target[]): Target[] {
  const byAddress = new Map<string, Target[]>();
  for (const target of targets) {
    const key = target.address.toLowerCase();
    const known = byAddress.get(key) ?? [];
    const at = known.findIndex((other) => mayBeSame(other, target));
    const same = known[at];
    if (same) known[at] = together(same, target);
    else known.push(target);
    byAddress.set(key, known);
  }
  return [...byAddress.values()].flatMap((known) =>
    known.length > 1 ? known.map((target) => ({ ...target, sharesAddress: true })) : known,
  );
}

/** What tells it from all others that are looked at: the address; where a user and a queue have it, as their resources are called. */
export function shownAs({ address, kind, sharesAddress }: Target): string {
  return sharesAddress ? nameOf(address, kind) : address;
}

/** A user and a queue may have one address. */
function mayBeSame(one: Target, other: Target): boolean {
  const differ = (a?: string, b?: string) => a !== undefined && b !== undefined && a.toLowerCase() !== b.toLowerCase();
  return !differ(one.mailboxId, other.mailboxId) && !differ(one.kind, other.kind);
}

function together(one: Target, other: Target): Target {
  return {
    address: one.address,
    kind: one.kind ?? other.kind,
    mailboxId: one.mailboxId ?? other.mailboxId,
    tolerate: [...new Set([...one.tolerate, ...other.tolerate])],
    activate: one.activate || other.activate,
    client: one.client ?? other.client,
    expected: { ...one.expected, ...other.expected },
    declared: { ...one.declared, ...other.declared },
    ...((one.stored ?? other.stored) && { stored: { ...one.stored, ...other.stored } }),
  };
}
