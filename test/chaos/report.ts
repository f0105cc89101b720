/** What became of a case. */
interface Result {
  converged?: boolean;
  /** The CLI died while it wrote its state. */
  cutWriting?: boolean;
  restored?: Restored;
}

interface Restored {
  /** Who is not as before. */
  readonly changed: readonly string[];
  /** Those of them that nobody was told of. */
  readonly silent: readonly string[];
  /** Processes that outlived their command. */
  readonly processes: number;
}

/** Counts cases by what they are about, and prints a line a case. */
export class Report {
  readonly #groupOf: (name: string) => string;
  readonly #results = new Map<string, Result>();

  constructor(groupOf: (name: string) => string) {
    this.#groupOf = groupOf;
  }

  converged(name: string, converged: boolean): void {
    this.#of(name).converged = converged;
  }

  restored(name: string, restored: Restored): void {
    this.#of(name).restored = restored;
  }

  cutWriting(name: string): void {
    this.#of(name).cutWriting = true;
  }

  begun(name: string): void {
    this.#of(name);
  }

  print(name: string): void {
    const { converged, restored, cutWriting } = this.#of(name);
    const said = [
      cutWriting ? "state cut in the middle of a write" : "",
      converged === undefined ? "" : converged ? "converged" : "NOT CONVERGED",
      restored === undefined
        ? "NOT DESTROYED"
        : restored.changed.length === 0
          ? "restored"
          : `LEFT CHANGED: ${restored.changed.join(", ")}`,
      restored && restored.silent.length > 0 ? `UNTOLD: ${restored.silent.join(", ")}` : "",
      restored && restored.processes > 0 ? `${restored.processes} processes left` : "",
    ];
    console.log(`${name}: ${said.filter(Boolean).join(", ")}`);
  }

  table(): string {
    const groups = Map.groupBy(this.#results, ([name]) => this.#groupOf(name));
    const lines = [...groups].map(([group, results]) => {
      const all = results.map(([, result]) => result);
      const withUp = all.filter(({ converged }) => converged !== undefined);
      const cells = [
        group,
        all.length,
        `${withUp.filter(({ converged }) => converged).length} of ${withUp.length}`,
        all.filter(({ restored }) => restored?.changed.length === 0).length,
        all.reduce((sum, { restored }) => sum + (restored?.changed.length ?? 0), 0),
        all.reduce((sum, { restored }) => sum + (restored?.silent.length ?? 0), 0),
        all.reduce((sum, { restored }) => sum + (restored?.processes ?? 0), 0),
        all.filter(({ cutWriting }) => cutWriting).length,
      ];
      return `| ${cells.join(" | ")} |`;
    });
    return [
      "| what | cases | converged | restored | left changed | untold | processes left | state cut |",
      "|---|---|---|---|---|---|---|---|",
      ...lines,
    ].join("\n");
  }

  #of(name: string): Result {
    const result = this.#results.get(name) ?? {};
    this.#results.set(name, result);
    return result;
  }
}

/** How it is told, by a word of ours or by the engine, that somebody's settings may not be as before. */
export function isTold(whose: string, output: string): boolean {
  const told = /^(profile |the organisation$)/.test(whose)
    ? /warning:.*EmailServerProfile|EmailServerProfile::\S+, interrupted while creating/
    : new RegExp(`warning:.*\\b${whose}@`);
  return told.test(output);
}
