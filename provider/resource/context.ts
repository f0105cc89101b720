import type { Dataverse } from "../dataverse/dataverse.ts";
import type { Problem } from "../fault.ts";
import type { AmbientTokens } from "../google/ambient.ts";
import type { ClientLookup } from "../google/client-lookup.ts";
import type { MailboxTokens } from "../google/mailbox-token.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import type { MailCredential } from "../schema/mail-credential.ts";
import type { Tree } from "../values.ts";
import type { Roster } from "./roster.ts";
import type { TestQueue } from "./test-queue.ts";

export type Severity = "info" | "warning";

/** What the configuration makes, shared by all operations. */
export interface Clients {
  /** `https://host`, without a trailing slash. */
  readonly environmentUrl: string;
  readonly network: Network;
  readonly dataverse: Dataverse;
  /** Of Google, by the credentials of whoever runs this. */
  readonly ambientTokens: AmbientTokens;
  readonly mailTokens: MailboxTokens;
  /** For activations that have none of their own. */
  readonly mailCredential?: MailCredential;
  /** Hosts beside Gmail's that may be given a mailbox's token. */
  readonly mailHosts: readonly string[];
  readonly oauthClients: ClientLookup;
  readonly tests: TestQueue;
  readonly roster: Roster;
  readonly originals: Originals;
}

/**
 * What was there before, kept on this machine until the state has it: a run that is killed between a write and the state loses
 * nothing. Keys are free; entries belong to one environment and one stack.
 */
export interface Originals {
  /** Is on the disk when it returns. What to tell people where that cannot be, once. */
  keep(urn: string, key: string, value: Tree): string | undefined;
  of(urn: string, key: string): Tree | undefined;
  /** Keys of all that is kept for the stack. */
  keys(urn: string): readonly string[];
  /** The state has it, or nobody needs it any more. */
  settle(urn: string, key: string): void;
}

/** Keeps something for the resource of the context; people are told where that cannot be. */
export function keep({ originals, urn, log }: Context, key: string, value: Tree): void {
  const trouble = originals.keep(urn, key, value);
  if (trouble) log("warning", trouble);
}

/** What a handler may use during one operation. */
export interface Context extends Clients {
  /** Names the resource among others, and stays the same for its whole life: Pulumi's URN. */
  readonly urn: string;
  /** The budget of the operation; ends early when the deployment is cancelled. */
  readonly deadline: Deadline;
  /**
   * The budget for writes that belong together and for what has to be read to report them. Cancellation does not cut
   * it short: a torn write would be lost from the state. A few requests long, never a wait.
   */
  readonly finishing: Deadline;
  /** A message to the user, shown at the resource. */
  log(severity: Severity, message: Problem): void;
  /** Progress, shown on the resource's line and replaced by the next. */
  progress(message: string): void;
}
