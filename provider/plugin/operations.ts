import type { Services } from "../host/configuration.ts";
import type { SecretKeeper } from "../host/secret-keeper.ts";
import { Deadline } from "../network/deadline.ts";
import type { Context, Severity } from "../resources/context.ts";
import type { EngineLog } from "./engine-log.ts";

/** Longest time for writes that cancellation does not cut short, in milliseconds. The engine kills after 5 s of grace. */
const FINISHING_MS = 60_000;

/** Runs operations, each with its own budget, until the provider is cancelled. */
export class Operations {
  readonly #cancelled = new AbortController();
  readonly #secrets: SecretKeeper;
  log: EngineLog | undefined;

  constructor(secrets: SecretKeeper) {
    this.#secrets = secrets;
  }

  /** What is running stops at its next wait; what exists by then is reported. May be called again. */
  cancel(): void {
    this.#cancelled.abort();
  }

  async run<T>(
    urn: string,
    timeoutSeconds: number,
    services: Services,
    operation: (context: Context) => Promise<T>,
  ): Promise<T> {
    const deadline = Deadline.after(timeoutSeconds * 1000, this.#cancelled.signal);
    const finishing = new LazyDeadlines();
    const send = (severity: Severity, message: string, ephemeral: boolean) =>
      this.log?.send({ severity, message: this.#secrets.scrub(message), urn, ephemeral });
    try {
      return await operation({
        urn,
        ...services,
        deadline,
        get finishing() {
          return finishing.next();
        },
        log: (severity, message) => send(severity, message, false),
        progress: (message) => send("info", message, true),
      });
    } finally {
      deadline[Symbol.dispose]();
      finishing[Symbol.dispose]();
      await this.log?.flush();
    }
  }
}

/** Each use starts a budget of its own, since the writes may come after a long wait. */
class LazyDeadlines {
  readonly #started: Deadline[] = [];

  next(): Deadline {
    const deadline = Deadline.after(FINISHING_MS);
    this.#started.push(deadline);
    return deadline;
  }

  [Symbol.dispose](): void {
    for (const deadline of this.#started) deadline[Symbol.dispose]();
  }
}
