import { setTimeout as sleep } from "node:timers/promises";
import type { HttpAnswer, HttpRequest, HttpService } from "./http.ts";
import type { Effect } from "./https-server.ts";

export interface RequestRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly service: string;
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly body: string;
}

export interface Fault {
  /** `dataverse`, `entra` or `google`. */
  readonly service: string;
  readonly method?: string;
  /** Part of the path and query. */
  readonly path?: string;
  /** How many requests it meets. */
  readonly times: number;
  readonly effect: Effect;
}

/** Records kept; the oldest go first. */
const RECORD_LIMIT = 20_000;
const SECRETS =
  /("(?:oauthclientsecret|oauthrefreshtoken|oauthaccesstoken|[a-z]*password)":")[^"]*|((?:client_secret|refresh_token|client_assertion|token)=)[^&]*/g;

/** Everything that comes in by HTTPS: recorded, so that tests can tell what was asked and what was not, and disturbed at will. */
export class Traffic {
  readonly records: RequestRecord[] = [];
  readonly #faults: (Fault & { left: number })[] = [];

  addFault(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times });
  }

  reset(): void {
    this.records.length = 0;
    this.#faults.length = 0;
  }

  async answer(name: string, service: HttpService, request: HttpRequest): Promise<HttpAnswer | "reset" | "hang"> {
    const path = request.url.pathname + request.url.search;
    this.records.push({
      at: Date.now(),
      service: name,
      method: request.method,
      path,
      body: request.body.replace(SECRETS, "$1$2***"),
    });
    if (this.records.length > RECORD_LIMIT) this.records.shift();
    const effect = this.#effect(name, request.method, decodeURIComponent(path));
    if (effect === "hang" || effect === "reset") return effect;
    if (effect === "lost-answer") {
      await service(request);
      return "reset";
    }
    if (effect && "status" in effect) return effect;
    if (effect) await sleep(effect.delayMs);
    return service(request);
  }

  #effect(service: string, method: string, path: string): Effect | undefined {
    const fault = this.#faults.find(
      (candidate) =>
        candidate.left > 0 &&
        candidate.service === service &&
        (candidate.method === undefined || candidate.method === method) &&
        (candidate.path === undefined || path.includes(candidate.path)),
    );
    if (fault) fault.left -= 1;
    return fault?.effect;
  }
}
