import type { FaultKind } from "../codes/kinds.ts";
import { Fault } from "../fault.ts";
import { type Json, jsonOf, memberOf, textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import { byMethod } from "../network/effect.ts";
import type { Network } from "../network/network.ts";
import { askPatiently } from "../network/patient.ts";
import { ownOf } from "../values.ts";
import { type AmbientTokens, SCOPE } from "./ambient.ts";
import { activationPage, apiFault, apiReason, apiStatus, isApiBusy } from "./api-fault.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

/** Google's APIs by the credentials of whoever runs this. */
export class GoogleApi {
  readonly #network: Network;
  readonly #deadline: Deadline;
  readonly #ambient: AmbientTokens;

  constructor(network: Network, ambient: AmbientTokens, deadline: Deadline) {
    this.#network = network;
    this.#ambient = ambient;
    this.#deadline = deadline;
  }

  /** One call. Throws what Google said; `code` is its status, such as `PERMISSION_DENIED`. */
  async call(what: string, method: "GET" | "POST", url: string, body?: object): Promise<Json> {
    const token = await this.#ambient.get(this.#deadline);
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const request = { ...byMethod(method), url, headers, ...(body && { body: JSON.stringify(body) }) };
    // What is asked to be made is asked for once.
    const answer =
      method === "GET"
        ? await askPatiently(this.#network, request, this.#deadline, isApiBusy)
        : await this.#network.request(request, this.#deadline);
    const json = jsonOf(answer.text);
    if (answer.status === 200 && json) return json;
    const hint = hintOf(json);
    const kind = hint === undefined ? ownOf(KINDS, apiStatus(json)) : undefined;
    throw apiFault(what, answer, kind ?? "failed-precondition", hint);
  }

  /** Waits for a long-running operation (google.longrunning.Operation) at the API that has started it. */
  async finish(what: string, base: string, started: Json): Promise<void> {
    let operation = started;
    for (let pause = FIRST_PAUSE_MS; operation["done"] !== true; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      await this.#deadline.sleep(pause, what);
      operation = await this.call(what, "GET", `${base}/${textOf(operation, "name")}`);
    }
    const error = memberOf(operation, "error");
    if (error === undefined) return;
    throw new Fault({ kind: "failed-precondition", what, said: textOf(error, "message") || undefined });
  }
}

/** What to do where the caller was refused before Google has looked at what was asked for: that tells nothing of it. */
function hintOf(answer: Json | undefined): string | undefined {
  switch (apiReason(answer)) {
    case "SERVICE_DISABLED":
      return `Enable the API in the project of the credentials: ${activationPage(answer) ?? "https://console.cloud.google.com/apis/library"}`;
    case "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
      return `The credentials have to include the scope ${SCOPE}; those of a machine get it by its access scopes.`;
    default:
      return undefined;
  }
}

const KINDS: Readonly<Record<string, FaultKind>> = {
  PERMISSION_DENIED: "permission-denied",
  NOT_FOUND: "not-found",
  ALREADY_EXISTS: "already-exists",
  UNAUTHENTICATED: "unauthenticated",
};
