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
/** Characters of a body that are kept: room enough for every save of a row, and an end to what 20,000 of them take. */
const BODY_KEPT = 4096;
const SECRET_NAMES = "oauthclientsecret|oauthrefreshtoken|oauthaccesstoken|[a-z]*password";
const SECRET_MEMBERS = new RegExp(`("(?:${SECRET_NAMES})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*`, "g");
const SECRET_VALUE = /("value"\s*:\s*")(?:[^"\\]|\\.)*/g;
const SECRET_FIELDS =
  /((?:^|[&?])(?:client_secret|refresh_token|access_token|id_token|token|code|client_assertion|assertion)=)[^&]*/g;
const SECRET_PROPERTY = new RegExp(`\\)/(?:${SECRET_NAMES})$`);

/** Everything that comes in by HTTPS: recorded, so that tests can tell what was asked and what was not, and disturbed at will. */
export class Traffic {
  readonly records: RequestRecord[] = [];
  readonly #faults: (Fault & { left: number })[] = [];

  /** Disturbs from now on; returns what ends it before its times are over. */
  addFault(fault: Fault): () => void {
    const mine = { ...fault, left: fault.times };
    this.#faults.push(mine);
    return () => {
      mine.left = 0;
    };
  }

  reset(): void {
    this.records.length = 0;
    this.#faults.length = 0;
  }

  async answer(name: string, service: HttpService, request: HttpRequest): Promise<HttpAnswer | "reset" | "hang"> {
    const path = request.url.pathname + request.url.search.replace(SECRET_FIELDS, "$1***");
    this.records.push({
      at: Date.now(),
      service: name,
      method: request.method,
      path,
      body: masked(request),
    });
    if (this.records.length > RECORD_LIMIT) this.records.shift();
    const effect = this.#effect(name, request.method, readable(path));
    if (effect === "hang" || effect === "reset") return effect;
    if (effect === "lost-answer") {
      await service(request);
      return "reset";
    }
    if (effect && "status" in effect) return effect;
    if (effect) await sleep(effect.delayMs, undefined, { ref: false });
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

/** Masked before it is cut, so that no half of a secret is left; a single property's body names it in the path only. */
function masked({ url, body }: HttpRequest): string {
  const safe = body.replace(SECRET_MEMBERS, "$1***").replace(SECRET_FIELDS, "$1***");
  return (SECRET_PROPERTY.test(url.pathname) ? safe.replace(SECRET_VALUE, "$1***") : safe).slice(0, BODY_KEPT);
}

/** As a fault's `path` is written; a path that cannot be decoded stays as it came. */
function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
