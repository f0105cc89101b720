import { Fault } from "../fault.ts";
import { type Json, jsonOf, memberOf, textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { ambientToken } from "./ambient.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

/** Google's APIs by the credentials of whoever runs this. */
export class GoogleApi {
  readonly #network: Network;
  readonly #deadline: Deadline;
  #token: Promise<string> | undefined;

  constructor(network: Network, deadline: Deadline) {
    this.#network = network;
    this.#deadline = deadline;
  }

  /** One call. Throws what Google said; `code` is its status, such as `PERMISSION_DENIED`. */
  async call(what: string, method: "GET" | "POST", url: string, body?: object): Promise<Json> {
    this.#token ??= ambientToken(this.#network, this.#deadline);
    const headers = { authorization: `Bearer ${await this.#token}`, "content-type": "application/json" };
    const request = { method, url, headers, ...(body && { body: JSON.stringify(body) }) };
    const { status, text } = await this.#network.request(request, this.#deadline);
    const json = jsonOf(text);
    if (status === 200 && json) return json;
    const error = memberOf(json, "error");
    throw fault(what, status, textOf(error, "status"), textOf(error, "message"));
  }

  /** Waits for a long-running operation (google.longrunning.Operation) at the API that has started it. */
  async finish(what: string, base: string, started: Json): Promise<void> {
    let operation = started;
    for (let pause = FIRST_PAUSE_MS; operation["done"] !== true; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      await this.#deadline.sleep(pause, what);
      operation = await this.call(what, "GET", `${base}/${textOf(operation, "name")}`);
    }
    const error = memberOf(operation, "error");
    if (error !== undefined) throw fault(what, undefined, "", textOf(error, "message"));
  }
}

function fault(what: string, status: number | undefined, code: string, message: string): Fault {
  const passing = status === 429 || (status !== undefined && status >= 500);
  return new Fault({
    kind: passing ? "unavailable" : (KINDS[code] ?? "failed-precondition"),
    what,
    said: message || undefined,
    code: code || undefined,
    status,
  });
}

const KINDS: Readonly<Record<string, Fault["kind"]>> = {
  PERMISSION_DENIED: "permission-denied",
  NOT_FOUND: "not-found",
  ALREADY_EXISTS: "already-exists",
  UNAUTHENTICATED: "unauthenticated",
};
