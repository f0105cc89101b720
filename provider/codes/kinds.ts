import type { Exit } from "./exit.ts";

/** Kinds of errors, for programs: what an operation failed of, and how a command ends with it. */
export const KINDS = {
  "invalid-input": { words: "A value that was given cannot be used", exit: "failed" },
  "not-found": { words: "The object is not there", exit: "failed" },
  "already-exists": { words: "There is such an object already", exit: "failed" },
  conflict: { words: "Somebody else changed the object in the meantime", exit: "failed" },
  unauthenticated: { words: "A sign-in was refused", exit: "failed" },
  "permission-denied": { words: "The identity may not do this", exit: "failed" },
  "failed-precondition": { words: "Something has to be set right first", exit: "failed" },
  throttled: { words: "The service asks to slow down, for longer than there is time", exit: "unreachable" },
  unavailable: { words: "There was no answer", exit: "unreachable" },
  "deadline-exceeded": { words: "The time was over", exit: "unreachable" },
  cancelled: { words: "It was cancelled", exit: "failed" },
  unexpected: { words: "The answer is none that is known", exit: "failed" },
} as const satisfies Readonly<Record<string, { readonly words: string; readonly exit: Exit }>>;

export type FaultKind = keyof typeof KINDS;
