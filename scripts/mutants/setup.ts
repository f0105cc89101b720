/** Runs in the process of every test file of the copied tree. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect } from "vitest";

/** A loop that a mutant makes endless ends here, with an error. */
const HIT_LIMIT = 200_000;

const coverage = process.env["MUTANTS_COVERAGE"];
const namespace: Record<string, unknown> = coverage ? {} : { hitCount: 0, hitLimit: HIT_LIMIT };
Object.assign(globalThis, { __stryker__: namespace });

if (coverage) {
  afterAll(() => {
    const { testPath = "" } = expect.getState();
    const covered: unknown = Reflect.get(Object(namespace["mutantCoverage"]), "static");
    const name = createHash("sha256").update(testPath).digest("hex");
    writeFileSync(join(coverage, `${name}.json`), JSON.stringify({ testPath, mutants: Object.keys(Object(covered)) }));
  });
}
