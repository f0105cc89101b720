import type { FaultKind } from "../codes/kinds.ts";
import { Fault } from "../fault.ts";
import { type Deadline, duration } from "../network/deadline.ts";
import { byMethod } from "../network/effect.ts";
import type { HttpResponse, Network } from "../network/network.ts";
import { retryAfter } from "../network/retry-after.ts";
import { isPassing, wasNeverSent } from "../network/transport-fault.ts";
import type { Answer } from "./answer.ts";
import type { TokenSource } from "./entra.ts";
import { dataverseFault } from "./errors.ts";
import { Pace } from "./pace.ts";

export interface Call {
  /** Names operation and object, as the beginning of a sentence: "Updating mailbox 1234…". */
  readonly what: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Largest answer that is read, in bytes; the network's own limit where it is left out. */
  readonly limitBytes?: number;
}

/** Requests in flight at most, where nobody sets it. Dataverse refuses from 52 on (service protection limits). */
const REQUESTS_IN_FLIGHT = 16;
/** How often a request that does no harm twice is repeated after a failure that may pass. */
const REPEATS = 3;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 10_000;

/** What has become of the tries so far. */
interface Tries {
  /** A request is out, and nothing is known of it yet. */
  isOut: boolean;
  /** One of them may have been carried out. */
  afterLostAnswer: boolean;
  repeats: number;
  /** Milliseconds before the next one. */
  backoff: number;
  /** The token that was refused. */
  refused?: string;
  /** Why there was no answer. */
  lost?: Fault;
}

const HEADERS = {
  accept: "application/json",
  "odata-maxversion": "4.0",
  "odata-version": "4.0",
  "if-none-match": "null",
};

/**
 * Sends requests to one Dataverse environment, and repeats them: everything after 429, after lost answers and 5xx, and once after 401, with a
 * new token. No request does harm twice: PATCH always has `If-Match` here, and POST the id of its row, so that a second one is
 * refused. When the service asks for a pause, all requests of this client keep it: going on makes it longer.
 */
export class Exchange {
  readonly #network: Network;
  readonly #tokens: TokenSource;
  readonly #pace: Pace;
  /** Until when, on the clock of `performance.now()`, and what has asked for it. */
  #paused: { readonly until: number; readonly by: HttpResponse } | undefined;
  /** Milliseconds by which the service's clock is ahead of this machine's, as its last answer has it (RFC 9110, `Date`). */
  #aheadMs = 0;

  constructor(network: Network, tokens: TokenSource, requestsInFlight = REQUESTS_IN_FLIGHT) {
    this.#pace = new Pace(requestsInFlight);
    this.#network = network;
    this.#tokens = tokens;
  }

  /** Milliseconds since 1970 on the service's clock, to a second or so. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  async signIn(deadline: Deadline): Promise<void> {
    await this.#tokens(deadline);
  }

  /** The answer, of whatever status; throttling and outages that pass within the deadline are not seen. */
  async send(call: Call, deadline: Deadline): Promise<Answer> {
    const tries: Tries = { isOut: false, afterLostAnswer: false, repeats: 0, backoff: FIRST_BACKOFF_MS };
    try {
      return await this.#repeat(call, tries, deadline);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { lost, isOut, afterLostAnswer } = tries;
      const known = error.kind === "deadline-exceeded" && lost ? about(error.account, error.kind, lost) : error;
      throw isOut || afterLostAnswer ? known : known.ofNothingDone();
    }
  }

  async #repeat(call: Call, tries: Tries, deadline: Deadline): Promise<Answer> {
    const { what } = call;
    for (;;) {
      await this.#pauseToEnd(what, tries.afterLostAnswer, deadline);
      const token = await this.#tokens(deadline, tries.refused);
      const result = await this.#pace.pass(`${what}: waiting for other requests to Dataverse`, deadline, (pauses) =>
        this.#attempt(call, token, pauses, tries, deadline),
      );
      if (result === "paused") continue;
      const wait = tries.backoff;
      tries.backoff = Math.min(2 * wait, LONGEST_BACKOFF_MS);
      if (result instanceof Fault) {
        tries.lost = result;
        tries.afterLostAnswer ||= !wasNeverSent(result);
        if (!isPassing(result) || tries.repeats++ >= REPEATS) throw about(what, result.kind, result);
        await deadline.sleep(wait, what);
        continue;
      }
      if (result.status === 401 && tries.refused === undefined) {
        tries.refused = token;
        continue;
      }
      const { afterLostAnswer } = tries;
      const answer = { ...result, afterLostAnswer };
      const asked = retryAfter(result.headers);
      const throttled = result.status === 429;
      const outage = result.status >= 500 && result.status !== 501;
      if (!throttled && !(outage && (asked !== undefined || tries.repeats++ < REPEATS))) return answer;
      tries.afterLostAnswer ||= outage;
      // What is out of order may ask for no pause at all.
      if (throttled) this.#pause(asked ?? wait, answer, what, deadline);
      else if (asked !== undefined) this.#pause(Math.max(asked, wait), answer, what, deadline);
      else await deadline.sleep(wait, what);
    }
  }

  #pause(wait: number, answer: Answer, what: string, deadline: Deadline): void {
    this.#pauseFor(wait, answer);
    if (wait <= deadline.remaining) return;
    if (deadline.signal.aborted) throw deadline.fault(what);
    throw dataverseFault(`${what}: ${asksToWait(wait, deadline)}`, answer);
  }

  #pauseFor(milliseconds: number, answer: HttpResponse): void {
    const until = performance.now() + milliseconds;
    if (!this.#paused || until > this.#paused.until) this.#paused = { until, by: answer };
  }

  async #pauseToEnd(what: string, afterLostAnswer: boolean, deadline: Deadline): Promise<void> {
    while (this.#paused) {
      const { until, by } = this.#paused;
      const wait = until - performance.now();
      if (wait <= 0) return;
      if (wait > deadline.remaining && !deadline.signal.aborted)
        throw dataverseFault(`${what}: ${asksToWait(wait, deadline)}`, { ...by, afterLostAnswer });
      await deadline.sleep(wait, what);
    }
  }

  async #attempt(
    call: Call,
    token: string,
    pauses: number,
    tries: Tries,
    deadline: Deadline,
  ): Promise<HttpResponse | Fault | "paused"> {
    // The pause may have begun while the request was in line.
    if (this.#paused && this.#paused.until > performance.now()) return "paused";
    const { method, url, headers, body, limitBytes } = call;
    tries.isOut = true;
    try {
      const response = await this.#network.request(
        {
          ...byMethod(method),
          url,
          headers: {
            ...HEADERS,
            ...(body !== undefined && { "content-type": "application/json" }),
            ...headers,
            authorization: `Bearer ${token}`,
          },
          ...(body !== undefined && { body }),
          ...(limitBytes !== undefined && { limitBytes }),
        },
        deadline,
      );
      tries.isOut = false;
      const date = Date.parse(response.headers["date"] ?? "");
      if (!Number.isNaN(date)) this.#aheadMs = date - Date.now();
      // Before the next one has its place.
      if (response.status === 429) this.#pauseFor(this.#pace.refused(pauses), response);
      else this.#pace.answered(pauses);
      return response;
    } catch (error) {
      if (error instanceof Fault && error.kind === "unavailable") {
        tries.isOut = false;
        return error;
      }
      if (deadline.remaining === 0) throw deadline.fault(call.what);
      throw error;
    }
  }
}

/** A transport failure, told as the failure of the operation. */
function about(what: string, kind: FaultKind, lost: Fault): Fault {
  return new Fault({ kind, what, reason: lost.account, hint: lost.hint, cause: lost });
}

function asksToWait(wait: number, deadline: Deadline): string {
  return `Dataverse asks to wait ${duration(wait)}, and only ${duration(deadline.remaining)} are left`;
}
