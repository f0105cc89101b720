import { randomUUID } from "node:crypto";
import type { Code } from "../codes/codes.ts";
import { Fault, remoteText } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { refreshAccessToken, refusalText, type TokenAnswer } from "./token-endpoint.ts";

/** `unknown`: Google could not be asked, or answered something that proves neither. It never passes for the others. */
export type Probe =
  | { readonly status: "ok" }
  | { readonly status: "failed"; readonly code: ProbeFailure; readonly said: string }
  | { readonly status: "unknown"; readonly said: string };

export type ProbeFailure = Extract<
  Code,
  | "CLIENT_NOT_FOUND"
  | "SECRET_WRONG"
  | "CLIENT_DELETED"
  | "CLIENT_DISABLED"
  | "CLIENT_REFUSED"
  | "REDIRECT_URI_MISMATCH"
>;

/** Longest time one probe waits for Google. */
const PROBE_LIMIT_MS = 15_000;

/**
 * Proves client id and secret without any user: Google checks the client before the grant, so a junk refresh token is
 * refused with `invalid_grant` when the client is good and with `invalid_client` and its kin when it is not
 * (RFC 6749 §5.2). Nothing is granted and nothing is revoked.
 */
export async function probeClient(
  client: { readonly clientId: string; readonly clientSecret: string },
  network: Network,
  deadline: Deadline,
): Promise<Probe> {
  const refreshToken = `gmailsync-probe-${randomUUID()}`;
  return probing(deadline, async (soon) => judge(await refreshAccessToken({ ...client, refreshToken }, network, soon)));
}

/** Asks within a probe's time; no answer is `unknown`, a cancellation is thrown. */
export async function probing(deadline: Deadline, ask: (soon: Deadline) => Promise<Probe>): Promise<Probe> {
  const soon = deadline.sooner(PROBE_LIMIT_MS);
  try {
    return await ask(soon);
  } catch (error) {
    if (!(error instanceof Fault) || deadline.cancelled) throw error;
    return { status: "unknown", said: error.message };
  } finally {
    soon[Symbol.dispose]();
  }
}

/** Classified by `error`; the description, whose wording has changed over the years, only tells id from secret. */
function judge(answer: TokenAnswer): Probe {
  const { status, error, description } = answer;
  const said = remoteText(refusalText(answer));
  if (status === 400 && error === "invalid_grant") return { status: "ok" };
  if (status === 401 && error === "invalid_client") {
    if (/not found/i.test(description)) return { status: "failed", code: "CLIENT_NOT_FOUND", said };
    if (/secret|unauthorized/i.test(description)) return { status: "failed", code: "SECRET_WRONG", said };
    return { status: "failed", code: "CLIENT_REFUSED", said };
  }
  if (status === 401 && error === "deleted_client") return { status: "failed", code: "CLIENT_DELETED", said };
  if (status === 401 && error === "disabled_client") return { status: "failed", code: "CLIENT_DISABLED", said };
  return { status: "unknown", said: error ? `HTTP ${status}, ${said}` : `HTTP ${status}` };
}
