// What a fleet tells its program. Only types that every program can read.

/** One mailbox of a fleet. */
export interface FleetMailbox {
  readonly mailboxId: string;
  /** The client that it uses. */
  readonly client: string;
  /** Whose mailbox it is. */
  readonly kind: string;
  /** The mailbox's page, where its user signs in to Gmail. */
  readonly webUrl: string;
  /** `success` when it was tested and enabled, `waiting` for what the fleet tolerates, `failure`, or `notActivated`. */
  readonly status: string;
}

/** Mailboxes in numbers. */
export interface FleetCounts {
  readonly mailboxes: number;
  /** Tested and enabled. */
  readonly success: number;
  /** For what the fleet tolerates, such as a sign-in. */
  readonly waiting: number;
  /** Or kept from going on by what failed. */
  readonly failed: number;
  readonly notActivated: number;
}

export interface FleetSummary extends FleetCounts {
  /** The same by the client that they use. */
  readonly byClient: Readonly<Record<string, FleetCounts>>;
  /** How many wait or failed by each code, or kind of error. */
  readonly byCode: Readonly<Record<string, number>>;
}

/** A mailbox that waits for somebody. */
export interface WaitingMailbox {
  readonly address: string;
  /** The mailbox's page, where its user signs in to Gmail. */
  readonly webUrl: string;
  readonly codes: readonly string[];
}
