import { appendFileSync } from "node:fs";
import { type ChaosResult, chaosTable } from "../../scripts/chaos-results.ts";
import { RESULTS } from "./sample.ts";

/** What is seen of a case while it runs. */
export type Seen = {
  -readonly [P in "converged" | "changed" | "silent" | "processes" | "cutWriting"]?: ChaosResult[P];
};

/** Counts cases by what they are about, and prints a line a case. */
export class Report {
  readonly #groupOf: (name: string) => string;
  readonly #results: ChaosResult[] = [];

  constructor(groupOf: (name: string) => string) {
    this.#groupOf = groupOf;
  }

  /** The end of a case. */
  add(name: string, passed: boolean, seen: Seen): void {
    const nothing = { changed: [], silent: [], processes: 0, cutWriting: false };
    const commit = RESULTS?.commit ?? "";
    const result: ChaosResult = { commit, group: this.#groupOf(name), name, passed, ...nothing, ...seen };
    this.#results.push(result);
    if (RESULTS) appendFileSync(RESULTS.file, `${JSON.stringify(result)}\n`);
    console.log(`${name}: ${inWords(result)}`);
  }

  table(): string {
    return chaosTable(this.#results);
  }
}

function inWords({ passed, converged, changed, silent, processes, cutWriting }: ChaosResult): string {
  const said = [
    passed ? "" : "FAILED",
    cutWriting && "state cut in the middle of a write",
    converged !== undefined && (converged ? "converged" : "NOT CONVERGED"),
    changed.length === 0 ? passed && "restored" : `LEFT CHANGED: ${changed.join(", ")}`,
    silent.length > 0 && `UNTOLD: ${silent.join(", ")}`,
    processes > 0 && `${processes} processes left`,
  ];
  return said.filter(Boolean).join(", ");
}

/** How it is told, by a word of ours or by the engine, that somebody's settings may not be as before. */
export function isTold(whose: string, output: string): boolean {
  const told = /^(profile |the organisation$)/.test(whose)
    ? /warning:.*EmailServerProfile|EmailServerProfile::\S+, interrupted while creating/
    : new RegExp(`warning:.*\\b${whose}@`);
  return told.test(output);
}
