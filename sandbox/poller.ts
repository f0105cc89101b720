import { writeAlert } from "./alerts.ts";
import { type DataverseState, type Row, rowsOf, touch } from "./dataverse/state.ts";
import { logIn, type MailAccess, type Problem, precondition, profileOf, usesGmailOAuth } from "./mail-access.ts";

export interface PollerOptions {
  readonly state: () => DataverseState;
  /** Milliseconds by which the world's clock is ahead of the machine's. */
  readonly aheadMs: () => number;
  readonly access: MailAccess;
}

/** Mailboxes that are looked at together. */
const AT_ONCE = 8;

/**
 * Tries of a mailbox whose failure may pass, one a round; then it counts as lasting:
 * https://learn.microsoft.com/troubleshoot/power-platform/dataverse/email-exchange-synchronization/troubleshooting-monitoring-server-side-synchronization
 */
const ATTEMPTS = 10;

/**
 * Fetches mail in the background as server-side synchronization does, round by round: it logs in with the token that the
 * mailbox holds. Nothing becomes of the mail; a mailbox that has lost its access is disabled, with an alert. Only the
 * incoming side is looked at: Dynamics connects for sending when there is something to send, and here there never is.
 * Assumption: poll-rounds. Assumption: poll-verdict. Assumption: poll-alerts.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #failures = new WeakMap<Row, number>();
  /** End of the last round in the world's time; undefined while nothing is polled. */
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** The interval or the clock may have changed. The next round begins an interval after the end of the last one. */
  look(): void {
    clearTimeout(this.#timer);
    const { state, aheadMs } = this.#options;
    const now = Date.now() + aheadMs();
    const intervalMs = state().behaviour.pollIntervalSeconds * 1000;
    if (intervalMs === 0) {
      this.#since = undefined;
      return;
    }
    this.#since ??= now;
    if (this.#closed || this.#running) return;
    this.#timer = setTimeout(() => this.#start(), Math.max(0, this.#since + intervalMs - now));
  }

  /** The world was reset. */
  reset(): void {
    this.#since = undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #start(): void {
    const state = this.#options.state();
    const ahead = this.#options.aheadMs();
    this.#running = this.#round(state).finally(() => {
      this.#running = undefined;
      // So that a clock that was moved meanwhile makes the next round due. A new world has a time of its own.
      if (state === this.#options.state()) this.#since = Date.now() + ahead;
      this.look();
    });
  }

  async #round(state: DataverseState): Promise<void> {
    const waiting = rowsOf(state, "mailboxes")
      .filter((row) => isPolled(row, state))
      .values();
    const work = async () => {
      for (const row of waiting) if (!this.#closed) await this.#poll(row, state);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  async #poll(row: Row, state: DataverseState): Promise<void> {
    const profile = profileOf(state, row);
    if (!profile) return;
    const version = row["versionnumber"];
    const ahead = this.#options.aheadMs();
    const problem = await logIn(this.#options.access, "incoming", row, profile);
    // Meanwhile the world may have been reset, or the mailbox changed, or its token ended with a clock that was moved: then the
    // next round decides.
    if (this.#closed || !rowsOf(this.#options.state(), "mailboxes").includes(row)) return;
    if (row["versionnumber"] !== version || this.#options.aheadMs() !== ahead) return;
    const failures = problem ? (this.#failures.get(row) ?? 0) + 1 : 0;
    const lasting = problem && (problem.passing !== true || failures >= ATTEMPTS);
    this.#failures.set(row, lasting ? 0 : failures);
    if (lasting) disable(state, row, problem);
  }
}

/** Enabled for what it is to receive by Gmail, and not under test. */
function isPolled(row: Row, state: DataverseState): boolean {
  const profile = profileOf(state, row);
  return (
    profile !== undefined &&
    usesGmailOAuth(profile, "incoming") &&
    row["incomingemaildeliverymethod"] === 2 &&
    row["incomingemailstatus"] === 1 &&
    row["testemailconfigurationscheduled"] !== true &&
    precondition(row, profile, state) === undefined
  );
}

function disable(state: DataverseState, row: Row, problem: Problem): void {
  Object.assign(row, { incomingemailstatus: 2, enabledforincomingemail: false, mailboxstatus: 2 });
  touch(state, row);
  writeAlert(state, row, { ...problem, level: "error" });
}
