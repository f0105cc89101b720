import { afterAll, describe, test } from "vitest";
import { Case } from "./case.ts";
import { Report } from "./report.ts";
import { sampled } from "./sample.ts";
import type { Shape } from "./world.ts";

/** Cases of one kind. `groupOf`: the line of the table that a case counts in, by its name. */
export function matrix<T extends { readonly shape: Shape }>(
  title: string,
  cases: readonly (readonly [name: string, given: T])[],
  groupOf: (name: string) => string,
  body: (run: Case, given: T) => Promise<void>,
): void {
  const meant = sampled(title, cases);
  if (meant.length === 0) {
    test.skip(title, () => {});
    return;
  }
  const report = new Report(groupOf);
  afterAll(() => console.log(`\n${report.table()}`));
  describe.concurrent(title, () => {
    test.each(meant)("%s", async (name, given) => {
      const run = await Case.of(given.shape);
      let passed = false;
      try {
        await body(run, given);
        passed = true;
      } finally {
        report.add(name, passed, run.seen);
        await run.close();
      }
    });
  });
}
