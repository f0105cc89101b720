import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createVitest, type TestModule, type TestSpecification, type Vitest } from "vitest/node";
import type { Mutant } from "./instrument.ts";

/** Tests in this process or its children, none with the Pulumi CLI: a mutant has to cost seconds. */
const TESTS = ["mail", "fleet", "google", "dynamic", "schema", "resource", "resources", "provider", "plugin"];
const ACTIVE = "__STRYKER_ACTIVE_MUTANT__";
const COVERAGE = "MUTANTS_COVERAGE";

export type Verdict = "killed" | "survived" | "no test";

interface TestFile {
  readonly specification: TestSpecification;
  readonly milliseconds: number;
  readonly mutants: ReadonlySet<string>;
}

/** The tests of an instrumented tree, started once for all mutants. */
export class Tests {
  readonly #tree: string;
  readonly #vitest: Vitest;
  #files: readonly TestFile[] = [];

  private constructor(tree: string, vitest: Vitest) {
    this.#tree = tree;
    this.#vitest = vitest;
  }

  static async of(tree: string): Promise<Tests> {
    const vitest = await createVitest({
      root: tree,
      config: false,
      watch: false,
      reporters: [{}],
      include: TESTS.map((folder) => `test/${folder}/**/*.test.ts`),
      // Starts the launcher and waits for it: not about any of these folders.
      exclude: ["test/plugin/plugin.test.ts"],
      setupFiles: [join(tree, "scripts", "mutants", "setup.ts")],
      pool: "forks",
      maxWorkers: 2,
      testTimeout: 20_000,
      hookTimeout: 20_000,
      bail: 1,
    });
    return new Tests(tree, vitest);
  }

  /** Runs all tests without a mutant, and learns which one goes through what. */
  async measure(): Promise<{ readonly files: number; readonly seconds: number }> {
    const folder = join(this.#tree, ".coverage");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    process.env[COVERAGE] = folder;
    const specifications = await this.#vitest.globTestSpecifications();
    const testModules = await this.#pass(specifications);
    delete process.env[COVERAGE];
    const covered = new Map(
      readdirSync(folder).map((name): [string, string[]] => {
        const { testPath, mutants } = JSON.parse(readFileSync(join(folder, name), "utf8"));
        return [testPath, mutants];
      }),
    );
    this.#files = testModules
      .flatMap((module) => {
        const specification = specifications.find(({ moduleId }) => moduleId === module.moduleId);
        if (!specification) return [];
        const mutants = new Set(covered.get(module.moduleId));
        return [{ specification, milliseconds: module.diagnostic().duration, mutants }];
      })
      .toSorted((one, other) => one.milliseconds - other.milliseconds);
    const seconds = this.#files.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
    return { files: this.#files.length, seconds: Math.round(seconds) };
  }

  /** The control: with no mutant in it everything has to pass, before and after. A machine that is too busy would kill by itself. */
  async control(): Promise<void> {
    await this.#pass(this.#files.map(({ specification }) => specification));
  }

  async #pass(specifications: TestSpecification[]): Promise<readonly TestModule[]> {
    const { testModules, unhandledErrors } = await this.#vitest.runTestSpecifications(specifications, true);
    const failed = testModules.filter((module) => !module.ok()).map(({ relativeModuleId }) => relativeModuleId);
    if (failed.length === 0 && unhandledErrors.length === 0) return testModules;
    throw new Error(`The tests fail without any mutant: ${failed.join(", ") || String(unhandledErrors[0])}`);
  }

  /** The quickest test file first, up to the first that fails. */
  async judge({ id }: Mutant, signal: AbortSignal): Promise<Verdict> {
    const files = this.#files.filter(({ mutants }) => mutants.has(id));
    if (files.length === 0) return "no test";
    process.env[ACTIVE] = id;
    try {
      for (const { specification } of files) {
        signal.throwIfAborted();
        const { testModules, unhandledErrors } = await this.#vitest.runTestSpecifications([specification]);
        if (unhandledErrors.length > 0 || testModules.some((module) => !module.ok())) return "killed";
      }
      return "survived";
    } finally {
      delete process.env[ACTIVE];
    }
  }

  async close(): Promise<void> {
    await this.#vitest.close();
  }
}
