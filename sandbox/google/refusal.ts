import type { HttpAnswer } from "../http.ts";
import { nowOf } from "./clock.ts";
import type { GoogleClient, GoogleState } from "./state.ts";

/** An OAuth error with the HTTP status that Google gives it, both at the token endpoint and on its error pages. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly description: string;
}

/** Reasons why a client may not take part at all; in this order they come before the secret and the grant. */
const CLIENT_REFUSALS: Readonly<Record<"unknown" | "deleted" | "disabled", Refusal>> = {
  unknown: { status: 401, error: "invalid_client", description: "The OAuth client was not found." },
  deleted: { status: 401, error: "deleted_client", description: "The OAuth client was deleted." },
  disabled: { status: 401, error: "disabled_client", description: "The OAuth client was disabled." },
};

/**
 * A client that got no token for so long is deleted: https://support.google.com/cloud/answer/15549257
 * A refresh token ends: https://developers.google.com/identity/protocols/oauth2#expiration
 */
export const UNUSED_MS = 183 * 24 * 3600 * 1000;

export function activeClient(state: GoogleState, clientId: string): GoogleClient | Refusal {
  const client = state.clients.find((candidate) => candidate.clientId === clientId);
  if (client === undefined) return CLIENT_REFUSALS.unknown;
  if (client.state === "active" && nowOf(state) - client.usedAt > UNUSED_MS) return CLIENT_REFUSALS.deleted;
  return client.state === "active" ? client : CLIENT_REFUSALS[client.state];
}

export function isRefusal(value: object): value is Refusal {
  return "error" in value;
}

export function missing(parameter: string): Refusal {
  return { status: 400, error: "invalid_request", description: `Missing required parameter: ${parameter}` };
}

/** RFC 6749 section 3.1: no parameter may be given twice. An empty one counts as absent. */
export function singleValued(parameters: URLSearchParams): Map<string, string> | Refusal {
  const values = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (value === "") continue;
    if (values.has(name)) {
      // Assumption: token-refusal-words.
      const description = `OAuth 2 parameters can only have a single value: ${name}`;
      return { status: 400, error: "invalid_request", description };
    }
    values.set(name, value);
  }
  return values;
}

export function refusalAnswer({ status, error, description }: Refusal): HttpAnswer {
  return jsonAnswer(status, { error, error_description: description });
}

export function jsonAnswer(status: number, body: object): HttpAnswer {
  const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
  return { status, headers, body };
}
