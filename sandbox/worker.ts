import type { Direction } from "./alert-texts.ts";
import { writeAlert } from "./alerts.ts";
import { type DataverseState, type Row, rowsOf, touch } from "./dataverse/state.ts";
import { logIn, type MailAccess, type Problem, precondition, profileOf } from "./mail-access.ts";

export interface WorkerOptions {
  readonly state: () => DataverseState;
  /** Milliseconds between the scheduling of a test and its run. */
  readonly delayMs: number;
  readonly access: MailAccess;
}

const DIRECTIONS: readonly Direction[] = ["incoming", "outgoing"];

/**
 * Runs Test & Enable in the background as the service does: some time after the flag was raised it logs in to the mail
 * servers with what the mailbox and its profile hold, and sets statuses and alerts.
 * Assumption: test-moment-on-failure. Assumption: test-alerts.
 */
export class TestWorker {
  readonly #options: WorkerOptions;
  /** By the row itself, not its id: after a reset the row of the same mailbox is another one. */
  readonly #timers = new Map<Row, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Finds the mailboxes whose test is scheduled. */
  look(): void {
    for (const row of rowsOf(this.#options.state(), "mailboxes")) {
      if (this.#closed || row["testemailconfigurationscheduled"] !== true || this.#timers.has(row)) continue;
      this.#timers.set(
        row,
        setTimeout(() => this.#start(row), this.#options.delayMs),
      );
    }
  }

  /** Forgets what is scheduled: the world was reset. */
  reset(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.reset();
    await Promise.allSettled(this.#running);
  }

  #start(row: Row): void {
    const run = this.#run(row).finally(() => {
      this.#timers.delete(row);
      this.#running.delete(run);
      this.look();
    });
    this.#running.add(run);
  }

  /** Never throws: what goes wrong here is a failed test, as it is at the service. */
  async #run(row: Row): Promise<void> {
    const state = this.#options.state();
    // Assumption: test-attempt-moment.
    row["testandenablelastattemptedon"] = new Date().toISOString();
    touch(state, row);
    const profile = profileOf(state, row);
    const blocked = precondition(row, profile, state);
    const on = DIRECTIONS.filter((direction) => row[`${direction}emaildeliverymethod`] === 2);
    const results = await Promise.all(
      on.map(async (direction) => ({
        direction,
        problem: blocked ?? (profile ? await logIn(this.#options.access, direction, row, profile) : undefined),
      })),
    );
    // Meanwhile the world may have been reset, the mailbox deleted with its queue, or the flag taken down.
    if (this.#closed || !rowsOf(this.#options.state(), "mailboxes").includes(row)) return;
    if (row["testemailconfigurationscheduled"] !== true) return;
    for (const { direction, problem } of results) {
      row[`${direction}emailstatus`] = problem ? 2 : 1;
      row[`enabledfor${direction}email`] = !problem;
      tell(state, row, direction, problem);
    }
    row["actstatus"] = 0;
    row["mailboxstatus"] = results.length === 0 ? 0 : results.some(({ problem }) => problem) ? 2 : 1;
    row["testmailboxaccesscompletedon"] = new Date().toISOString();
    row["testemailconfigurationscheduled"] = false;
    touch(state, row);
  }
}

function tell(state: DataverseState, row: Row, direction: Direction, problem: Problem | undefined): void {
  const good = {
    text: `The ${direction} email of the mailbox ${row["name"]} was tested and enabled.`,
    code: 1,
    level: "information",
  } as const;
  writeAlert(state, row, problem ? { ...problem, level: "error" } : good);
}
