import type { GoogleState } from "../google/state.ts";

export interface StoredMessage {
  /** Grows within its folder, and is never used again there (RFC 3501 §2.3.1.1). */
  readonly uid: number;
  /** The address as the account has it. */
  readonly owner: string;
  readonly folder: string;
  /** Milliseconds of the epoch. */
  readonly receivedAt: number;
  /** The whole message in Latin-1, one character per octet. */
  readonly content: string;
  /** System flags and keywords as IMAP writes them, for example `\Seen`. */
  readonly flags: ReadonlySet<string>;
}

export type NewMessage = Pick<StoredMessage, "content"> & Partial<Pick<StoredMessage, "flags" | "receivedAt">>;

export const INBOX = "INBOX";
export const SENT = "[Gmail]/Sent Mail";

/** Of all messages of a world; beyond them the oldest go. */
const MESSAGE_LIMIT = 1_000;
const OCTET_LIMIT = 64 * 1024 * 1024;
/** Octets of the messages that are just coming in, over all connections. */
const INCOMING_LIMIT = 128 * 1024 * 1024;

/** The mail of one world, in memory. */
interface WorldMail {
  /** UIDs of two worlds have nothing to do with each other. */
  readonly uidValidity: number;
  /** Oldest first. */
  messages: readonly StoredMessage[];
  /** By owner and folder. */
  readonly uidNext: Map<string, number>;
}

/** The mail that was sent here. A new world begins with no mail. */
export class MailStore {
  readonly #worlds = new WeakMap<GoogleState, WorldMail>();
  #lastValidity = 0;
  #incoming = 0;

  of(world: GoogleState, address: string): AccountMail {
    const mail = this.#worlds.get(world) ?? this.#begin();
    this.#worlds.set(world, mail);
    return new AccountMail(mail, address);
  }

  /** Whether there is room for so many octets more that come in; `dismiss` them when they are stored, or dropped. */
  admit(octets: number): boolean {
    if (this.#incoming + octets > INCOMING_LIMIT) return false;
    this.#incoming += octets;
    return true;
  }

  dismiss(octets: number): void {
    this.#incoming -= octets;
  }

  /** The time of the beginning in seconds, so that it grows over restarts, too. */
  #begin(): WorldMail {
    this.#lastValidity = Math.max(this.#lastValidity + 1, Math.floor(Date.now() / 1000));
    return { uidValidity: this.#lastValidity, messages: [], uidNext: new Map() };
  }
}

/** The mail of one account. */
export class AccountMail {
  readonly uidValidity: number;
  readonly #mail: WorldMail;
  readonly #address: string;

  constructor(mail: WorldMail, address: string) {
    this.uidValidity = mail.uidValidity;
    this.#mail = mail;
    this.#address = address;
  }

  /** Oldest first. */
  folder(name: string): readonly StoredMessage[] {
    return this.#mail.messages.filter(({ owner, folder }) => owner === this.#address && folder === name);
  }

  uidNext(folder: string): number {
    return this.#mail.uidNext.get(this.#key(folder)) ?? 1;
  }

  add(folder: string, { content, flags = new Set(), receivedAt = Date.now() }: NewMessage): StoredMessage {
    const message = { uid: this.uidNext(folder), owner: this.#address, folder, receivedAt, content, flags };
    this.#mail.uidNext.set(this.#key(folder), message.uid + 1);
    this.#mail.messages = withinLimits([...this.#mail.messages, message]);
    return message;
  }

  /** The message with other flags. One that is gone stays gone. */
  flag(message: StoredMessage, flags: ReadonlySet<string>): StoredMessage {
    const flagged = { ...message, flags };
    this.#mail.messages = this.#mail.messages.map((it) => (same(it, message) ? flagged : it));
    return flagged;
  }

  remove(gone: readonly StoredMessage[]): void {
    this.#mail.messages = this.#mail.messages.filter((it) => !gone.some((message) => same(it, message)));
  }

  #key(folder: string): string {
    return `${this.#address} ${folder}`;
  }
}

function same(one: StoredMessage, other: StoredMessage): boolean {
  return one.uid === other.uid && one.owner === other.owner && one.folder === other.folder;
}

function withinLimits(messages: readonly StoredMessage[]): readonly StoredMessage[] {
  let octets = 0;
  const first = messages.findLastIndex(({ content }, index) => {
    octets += content.length;
    return octets > OCTET_LIMIT || messages.length - index > MESSAGE_LIMIT;
  });
  return messages.slice(first + 1);
}
