import type { FaultKind } from "../codes/kinds.ts";
import { Fault } from "../fault.ts";
import { type Json, memberOf, textOf } from "../json.ts";

/** Google's status of a refused call, such as `PERMISSION_DENIED` (google.rpc.Status as JSON); empty where there is none. */
export function apiStatus(answer: Json | undefined): string {
  return textOf(memberOf(answer, "error"), "status");
}

/** Whether a refusal may pass by itself. */
export function mayPass(status: number): boolean {
  return status === 429 || status >= 500;
}

/** The refusal of one of Google's APIs, in its own words; `kind` is for what does not pass by itself. */
export function apiFault(
  what: string,
  { status, answer }: { readonly status: number; readonly answer: Json | undefined },
  kind: FaultKind,
  hint?: string,
): Fault {
  return new Fault({
    kind: mayPass(status) ? "unavailable" : kind,
    what,
    said: textOf(memberOf(answer, "error"), "message") || undefined,
    code: apiStatus(answer) || undefined,
    status,
    hint,
  });
}
