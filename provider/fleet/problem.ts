import { rowOf, type TABLES } from "../codes/codes.ts";
import type { Path } from "../values.ts";

/** What is wrong with a fleet, at a place of its specification. */
export interface Problem {
  /** Stable, for programs. */
  readonly code: ProblemCode;
  readonly path: Path;
  readonly message: string;
  /** The place is the key, not the value. */
  readonly atKey?: boolean;
  /** What is told of a file, where the path ends with a name that may be anything: a file may be no fleet at all. */
  readonly unnamed?: string;
}

export type ProblemCode = keyof typeof TABLES.fleet;

/** Whether a problem only says something, so that a fleet is deployed all the same. */
export function isWarning(code: ProblemCode): boolean {
  return rowOf(code).class === "told";
}
