import type { GoogleState } from "../google/state.ts";

export interface StoredMessage {
  /** Grows over all accounts: good enough as an IMAP UID, which need only grow within a mailbox. */
  readonly uid: number;
  /** The address as the account has it. */
  readonly recipient: string;
  /** Size of the whole message in octets. */
  readonly size: number;
  /** Its beginning in Latin-1, one character per octet; a long message is cut, its headers are what finds it again. */
  readonly content: string;
}

/** Octets that are kept of each message. */
export const KEPT_OCTETS = 64 * 1024;
/** Messages that are kept in all; then the oldest go. */
const MESSAGE_LIMIT = 1_000;

/** The mail that was sent here, in memory. A new world begins with no mail. */
export class MailStore {
  readonly #messages = new WeakMap<GoogleState, StoredMessage[]>();
  #lastUid = 0;

  deliver(world: GoogleState, message: Omit<StoredMessage, "uid">): void {
    this.#lastUid += 1;
    const all = [...(this.#messages.get(world) ?? []), { ...message, uid: this.#lastUid }];
    this.#messages.set(world, all.slice(-MESSAGE_LIMIT));
  }

  remove(world: GoogleState, uid: number): void {
    this.#messages.set(
      world,
      (this.#messages.get(world) ?? []).filter((message) => message.uid !== uid),
    );
  }

  /** Oldest first. */
  inbox(world: GoogleState, address: string): StoredMessage[] {
    return (this.#messages.get(world) ?? []).filter((message) => message.recipient === address);
  }
}
