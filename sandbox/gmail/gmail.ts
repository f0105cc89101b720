import { randomBytes } from "node:crypto";
import { findAccount, mailAccount } from "../google/mail-access.ts";
import type { GmailAccount, GoogleState } from "../google/state.ts";
import { type AccountMail, MailStore } from "./mail-store.ts";
import { type LoginRefusal, type Protocol, refusalLines } from "./refusals.ts";
import type { BearerCredentials } from "./sasl.ts";

/** Connections that one account may hold, those of all its clients together. */
const CONNECTIONS_PER_ACCOUNT = 15;

/** An accepted login. It holds one of the account's connections until `release`, which must be called once. */
export interface Login {
  readonly address: string;
  /** As it is now: an administrator may have changed it since the login. */
  readonly account: GmailAccount | undefined;
  /** In the world as it is now. */
  readonly mail: AccountMail;
  release(): void;
}

/** What the three mail services share: the accounts, the connections they hold, and the mail. */
export class Gmail {
  readonly mail = new MailStore();
  readonly state: () => GoogleState;
  /** Milliseconds that Gmail thinks about each login. */
  readonly loginDelayMs: number;
  readonly #held = new Map<string, number>();

  constructor(state: () => GoogleState, loginDelayMs = 0) {
    this.state = state;
    this.loginDelayMs = loginDelayMs;
  }

  logIn(protocol: Protocol, { user, token }: BearerCredentials): Login | LoginRefusal {
    const account = mailAccount(this.state(), user, token);
    if (account === undefined) return "bad-credentials";
    const reasons: LoginRefusal[] = [
      ...(account.imap === "on" ? [] : ([`imap-${account.imap}`] as const)),
      ...(account.condition === "ok" || account.condition === "sending-limit" ? [] : [account.condition]),
    ];
    const refused = reasons.find((reason) => refusalLines(reason, protocol) !== undefined);
    if (refused !== undefined) return refused;
    // Assumption: connections-for-each-protocol.
    return this.#hold(`${protocol} ${account.address}`, account.address) ?? "too-many-connections";
  }

  #hold(key: string, address: string): Login | undefined {
    const held = this.#held.get(key) ?? 0;
    if (held >= CONNECTIONS_PER_ACCOUNT) return undefined;
    this.#held.set(key, held + 1);
    const { mail, state } = this;
    return {
      address,
      get account() {
        return findAccount(state(), address);
      },
      get mail() {
        return mail.of(state(), address);
      },
      release: () => {
        const left = (this.#held.get(key) ?? 1) - 1;
        if (left === 0) this.#held.delete(key);
        else this.#held.set(key, left);
      },
    };
  }
}

/** Gmail ends many of its lines with an id of the connection; only its presence matters. */
export function connectionId(): string {
  return randomBytes(8).toString("hex");
}
