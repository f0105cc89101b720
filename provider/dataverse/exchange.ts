import { Fault } from "../fault.ts";
import { type Deadline, duration } from "../network/deadline.ts";
import type { HttpResponse, Network } from "../network/network.ts";
import { isPassing, wasNeverSent } from "../network/transport-fault.ts";
import { Turnstile } from "../network/turnstile.ts";
import type { Answer } from "./answer.ts";
import type { TokenSource } from "./entra.ts";
import { dataverseFault } from "./errors.ts";

export interface Call {
  /** Names operation and object, as the beginning of a sentence: "Updating mailbox 1234…". */
  readonly what: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Values of the body that must not come back in an error. */
  readonly secrets?: readonly string[];
}

/** Dataverse refuses from 52 on (service protection limits). */
const REQUESTS_IN_FLIGHT = 20;
/** How often a request that does no harm twice is repeated after a failure that may pass. */
const REPEATS = 3;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 10_000;

const HEADERS = {
  accept: "application/json",
  "odata-maxversion": "4.0",
  "odata-version": "4.0",
  "if-none-match": "null",
};

/**
 * Sends requests to one Dataverse environment. What may be repeated is repeated: everything after 429, and GET, DELETE
 * and PATCH (which always has `If-Match` here) after lost answers and 5xx. A POST that may have been carried out is not.
 * When the service asks for a pause, all requests of this client keep it: going on makes it longer.
 */
export class Exchange {
  readonly #network: Network;
  readonly #tokens: TokenSource;
  readonly #turnstile = new Turnstile(REQUESTS_IN_FLIGHT);
  /** On the clock of `performance.now()`. */
  #pausedUntil = 0;

  constructor(network: Network, tokens: TokenSource) {
    this.#network = network;
    this.#tokens = tokens;
  }

  /** The answer, of whatever status; throttling and outages that pass within the deadline are not seen. */
  async send(call: Call, deadline: Deadline): Promise<Answer> {
    const { what, method } = call;
    let afterLostAnswer = false;
    let repeats = 0;
    let backoff = FIRST_BACKOFF_MS;
    for (;;) {
      await this.#pauseToEnd(what, deadline);
      const token = await this.#tokens(deadline);
      const result = await this.#turnstile.pass(`${what}: waiting for other requests to Dataverse`, deadline, () =>
        this.#attempt(call, token, deadline),
      );
      if (result === "paused") continue;
      const wait = backoff;
      backoff = Math.min(2 * backoff, LONGEST_BACKOFF_MS);
      if (result instanceof Fault) {
        const harmless = method !== "POST" || wasNeverSent(result);
        if (!isPassing(result) || !harmless || repeats++ >= REPEATS) throw about(call, result, afterLostAnswer);
        afterLostAnswer ||= !wasNeverSent(result);
        await deadline.sleep(wait, what);
        continue;
      }
      const answer = { ...result, afterLostAnswer, secrets: [token, ...(call.secrets ?? [])] };
      const asked = retryAfter(result.headers["retry-after"]);
      const throttled = result.status === 429;
      const outage = result.status >= 500 && result.status !== 501 && method !== "POST";
      if (!throttled && !(outage && (asked !== undefined || repeats++ < REPEATS))) return answer;
      afterLostAnswer ||= outage;
      if (throttled || asked !== undefined) this.#pause(Math.max(asked ?? 0, wait), answer, what, deadline);
      else await deadline.sleep(wait, what);
    }
  }

  #pause(wait: number, answer: Answer, what: string, deadline: Deadline): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + wait);
    if (wait <= deadline.remaining) return;
    if (deadline.signal.aborted) throw deadline.fault(what);
    throw dataverseFault(`${what}: ${asksToWait(wait, deadline)}`, answer);
  }

  async #pauseToEnd(what: string, deadline: Deadline): Promise<void> {
    for (;;) {
      const wait = this.#pausedUntil - performance.now();
      if (wait <= 0) return;
      if (wait > deadline.remaining && !deadline.signal.aborted) {
        throw new Fault({ kind: "throttled", what: `${what}: ${asksToWait(wait, deadline)}` });
      }
      await deadline.sleep(wait, what);
    }
  }

  async #attempt(call: Call, token: string, deadline: Deadline): Promise<HttpResponse | Fault | "paused"> {
    // The pause may have begun while the request was in line.
    if (this.#pausedUntil > performance.now()) return "paused";
    const { method, url, headers, body } = call;
    try {
      return await this.#network.request(
        {
          method,
          url,
          headers: {
            ...HEADERS,
            ...(body !== undefined && { "content-type": "application/json" }),
            ...headers,
            authorization: `Bearer ${token}`,
          },
          ...(body !== undefined && { body }),
        },
        deadline,
      );
    } catch (error) {
      if (error instanceof Fault && error.kind === "unavailable") return error;
      if (deadline.remaining === 0) throw deadline.fault(call.what);
      throw error;
    }
  }
}

/** A transport failure, told as the failure of the operation. */
function about(call: Call, fault: Fault, afterLostAnswer: boolean): Fault {
  const lost = call.method === "POST" && isPassing(fault) && !wasNeverSent(fault);
  return new Fault({
    kind: fault.kind,
    what: `${call.what}: ${fault.account}`,
    hint: lost
      ? `${fault.hint ?? ""} It may have been carried out all the same: look before you repeat it.`.trim()
      : fault.hint,
    undone: wasNeverSent(fault) && !afterLostAnswer,
    cause: fault,
  });
}

function asksToWait(wait: number, deadline: Deadline): string {
  return `Dataverse asks to wait ${duration(wait)}, and only ${duration(deadline.remaining)} are left`;
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d{1,9}(\.\d+)?\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
