import type { Path } from "../values.ts";

/** What is wrong with a fleet, at a place of its specification. */
export interface Problem {
  /** Stable, for programs. */
  readonly code: ProblemCode;
  readonly path: Path;
  readonly message: string;
  /** The place is the key, not the value. */
  readonly atKey?: boolean;
}

/** Every kind of problem, in words for tools that list rules. */
export const PROBLEM_CODES = {
  "file/unreadable": "The file cannot be read as text of a fleet",
  "file/syntax": "The file is not well-formed YAML",
  "lock/unreadable": "The lock file is not as it was written",
  "schema/invalid": "A value is not what is expected at its place",
  "secret/inline": "A secret stands in the file instead of a reference to it",
  "mailbox/duplicate": "An address is given more than once",
  "mailbox/unknown-client": "A mailbox is pinned to a client that is not there",
  "mailbox/unassigned": "A mailbox has no client yet",
  "client/duplicate": "Two clients are the same one at Google",
  "client/incomplete": "A client has no id or no secret",
  "consent/refused": "Google will not let the user of a mailbox consent",
  "consent/capacity": "A project has more users than Google allows",
  "environment/mismatch": "A value does not fit the environment",
} as const;

export type ProblemCode = keyof typeof PROBLEM_CODES;
