import { randomUUID } from "node:crypto";
import type { HttpAnswer, HttpRequest } from "../http.ts";

const BAD_CLIENT = { status: 401, error: "invalid_client" } as const;
const BAD_REQUEST = { status: 400, error: "invalid_request" } as const;

/** Status and OAuth 2.0 error (RFC 6749 section 5.2) by Entra's number. Those of federations. Assumption: federation-refusals. */
const KINDS = {
  50027: BAD_REQUEST,
  50059: BAD_REQUEST,
  70003: { status: 400, error: "unsupported_grant_type" },
  70011: { status: 400, error: "invalid_scope" },
  70025: BAD_CLIENT,
  90002: BAD_REQUEST,
  500011: { status: 400, error: "invalid_resource" },
  501661: BAD_REQUEST,
  700016: { status: 400, error: "unauthorized_client" },
  700021: BAD_CLIENT,
  700023: BAD_CLIENT,
  700024: BAD_CLIENT,
  700027: BAD_CLIENT,
  700211: BAD_CLIENT,
  700212: BAD_CLIENT,
  700213: BAD_CLIENT,
  900023: BAD_REQUEST,
  900382: BAD_REQUEST,
  5002727: BAD_REQUEST,
  7000215: BAD_CLIENT,
  7000216: BAD_CLIENT,
  7000222: BAD_CLIENT,
  7002138: BAD_CLIENT,
} as const;

/** What Entra says no with: `AADSTS<number>: <text>`. */
export class EntraRefusal extends Error {
  readonly number: keyof typeof KINDS;

  constructor(number: keyof typeof KINDS, text: string) {
    super(text);
    this.number = number;
  }
}

/** All members that the service sends (Microsoft: "Microsoft Entra authentication and authorization error codes"). */
export function refusalAnswer({ number, message }: EntraRefusal, { url, body }: HttpRequest): HttpAnswer {
  const { status, error } = KINDS[number];
  const trace = randomUUID();
  const given = url.searchParams.get("client-request-id") ?? new URLSearchParams(body).get("client-request-id") ?? "";
  const correlation = /^[\da-f-]{36}$/i.test(given) ? given : randomUUID();
  const timestamp = new Date()
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
  return {
    status,
    headers: { "x-ms-request-id": trace, "cache-control": "no-store, no-cache" },
    body: {
      error,
      error_description: `AADSTS${number}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [number],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://${url.hostname}/error?code=${number}`,
    },
  };
}

/** What a request has brought, cut to what an error repeats. */
export function quoted(text: string): string {
  return `'${text.slice(0, 200)}'`;
}
