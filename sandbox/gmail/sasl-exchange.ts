import type { GoogleState } from "../google/state.ts";
import { CHALLENGE, type Mechanism, parseSasl } from "./sasl.ts";
import { type Accepted, judge, type Protocol, type Refusal } from "./verdict.ts";

/** How a protocol words the three things a SASL exchange says. */
export interface Wording {
  readonly protocol: Protocol;
  /** Asks for the client's first or next message; `text` is base64, or empty. */
  challenge(text: string): void;
  accepted(verdict: Accepted): void;
  refused(refusal: Refusal): void;
}

/** Takes the client's next line while an exchange is going on; returns what takes the line after it, if any. */
export type Awaiting = (line: string) => Awaiting | undefined;

/** One login by XOAUTH2 or OAUTHBEARER, with or without an initial response (RFC 4422 §3, RFC 7628 §3.2.3). */
export function exchange(
  mechanism: Mechanism,
  initial: string | undefined,
  state: GoogleState,
  wording: Wording,
): Awaiting | undefined {
  const present = (base64: string): Awaiting | undefined => {
    const verdict = judge(state, wording.protocol, parseSasl(mechanism, base64));
    if ("account" in verdict) {
      wording.accepted(verdict);
      return undefined;
    }
    if (!verdict.challenged) {
      wording.refused(verdict);
      return undefined;
    }
    wording.challenge(CHALLENGE);
    // An empty line or ^A, whatever the client sends: the refusal stands.
    return () => {
      wording.refused(verdict);
      return undefined;
    };
  };
  if (initial !== undefined) return present(initial === "=" ? "" : initial);
  wording.challenge("");
  return present;
}
