import { existsSync, readFileSync } from "node:fs";

/** What became of a case, as a line of JSON. */
export interface ChaosResult {
  readonly commit: string;
  /** The line of the table that it counts in. */
  readonly group: string;
  readonly name: string;
  readonly passed: boolean;
  /** Absent where the case has no `up` after what happened. */
  readonly converged?: boolean;
  /** Who is not as before after `destroy`. */
  readonly changed: readonly string[];
  /** Those of them that nobody was told of. */
  readonly silent: readonly string[];
  /** Processes of ours that outlived their command by more than 20 seconds. */
  readonly processes: number;
  /** The CLI died while it wrote its state. */
  readonly cutWriting: boolean;
}

/** The last result of every case in the file, for one commit. */
export function resultsIn(file: string, commit: string): ChaosResult[] {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  const results = lines.map((line): ChaosResult => JSON.parse(line)).filter((result) => result.commit === commit);
  return [...new Map(results.map((result) => [result.name, result])).values()];
}

/** Cases, those that converged, those that are as before; mailboxes and others left changed, silently so; processes left, states cut. */
export function chaosTable(results: readonly ChaosResult[]): string {
  const lines = [...Map.groupBy(results, ({ group }) => group)].map(([group, some]) => rowOf(group, some));
  return [
    "| what | cases | next `up` converged | as before | left changed, told | left changed, untold | processes left | state cut in writing |",
    "|---|---|---|---|---|---|---|---|",
    ...lines,
    rowOf("all", results),
  ].join("\n");
}

function rowOf(group: string, results: readonly ChaosResult[]): string {
  const withUp = results.filter(({ converged }) => converged !== undefined);
  const sum = (of: (result: ChaosResult) => number) => results.reduce((all, result) => all + of(result), 0);
  const cells = [
    group,
    results.length,
    `${withUp.filter(({ converged }) => converged).length} of ${withUp.length}`,
    results.filter(({ passed, changed }) => passed && changed.length === 0).length,
    sum(({ changed, silent }) => changed.length - silent.length),
    sum(({ silent }) => silent.length),
    sum(({ processes }) => processes),
    sum(({ cutWriting }) => Number(cutWriting)),
  ];
  return `| ${cells.join(" | ")} |`;
}
