import { Fault, wordsOf } from "../fault.ts";
import { withBudget } from "../host/budget.ts";
import type { Services } from "../host/configuration.ts";
import { mask } from "../redaction/secrets.ts";
import type { Context, Severity } from "../resource/context.ts";
import type { EngineLog, LogMessage } from "./engine-log.ts";
import { defectText } from "./failure.ts";
import { Told } from "./told.ts";

/** Runs the operations of an engine, each with its own budget, until that one cancels them. */
export class Operations {
  readonly #cancelled = new AbortController();
  readonly #told = new Told();
  log: EngineLog | undefined;

  /** What is running stops at its next wait; what exists by then is reported. May be called again. */
  cancel(): void {
    this.#cancelled.abort();
  }

  get isCancelled(): boolean {
    return this.#cancelled.signal.aborted;
  }

  /** Of no resource: what nobody waited for. */
  tellDefect(error: unknown): void {
    const message = mask(defectText(error));
    if (this.log) this.log.send({ severity: "error", message, urn: "" });
    else process.stderr.write(`${message}\n`);
  }

  /** What is told at that resource of anything thrown, or of a problem: one cause in full, once. */
  told<T>(urn: string, problem: T): T | Fault {
    return problem instanceof Fault ? this.#told.at(urn, problem) : problem;
  }

  /** What is told beside the answers; false where nobody listens. */
  async tell(severity: LogMessage["severity"], urn: string, message: string): Promise<boolean> {
    this.log?.send({ severity, message: mask(message), urn });
    await this.log?.flush();
    return this.log !== undefined;
  }

  async run<T>(
    urn: string,
    timeoutSeconds: number,
    services: Services,
    operation: (context: Context) => Promise<T>,
  ): Promise<T> {
    const send = (severity: Severity, message: string, ephemeral: boolean) =>
      this.log?.send({ severity, message: mask(message), urn, ephemeral });
    try {
      return await withBudget(timeoutSeconds, this.#cancelled.signal, (budget) =>
        operation({
          urn,
          ...services,
          deadline: budget.deadline,
          get finishing() {
            return budget.finishing;
          },
          log: (severity, message) => send(severity, wordsOf(this.told(urn, message)), false),
          progress: (message) => send("info", message, true),
        }),
      );
    } finally {
      await this.log?.flush();
    }
  }
}
