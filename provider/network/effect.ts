import { hintOf, rowOf } from "../codes/codes.ts";
import { Fault } from "../fault.ts";

/** What a request does to the other side. Each declares it, and nothing that writes leaves a network that is read-only. */
export type Effect =
  | { readonly effect: "reads"; readonly method: "GET" }
  /** Asks for a token or tries one, and changes nothing else. */
  | { readonly effect: "signs-in"; readonly method: string }
  | { readonly effect: "writes"; readonly method: string };

/** Of a service whose methods mean what HTTP says (RFC 9110, section 9.2.1). */
export function byMethod(method: string): Effect {
  return method === "GET" ? { effect: "reads", method } : { effect: "writes", method };
}

/** Why nothing is written; the same wherever it is tried. */
export function readOnlyFault(): Fault {
  return new Fault({
    kind: "failed-precondition",
    what: "Nothing is written",
    reason: rowOf("READ_ONLY").words,
    code: "READ_ONLY",
    hint: hintOf("READ_ONLY"),
    undone: true,
  });
}
