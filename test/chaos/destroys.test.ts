import { afterAll, describe, expect, test } from "vitest";
import { Case } from "./case.ts";
import { DESTROY_POINTS } from "./points.ts";
import { Report } from "./report.ts";
import { sampled } from "./sample.ts";
import { MOMENTS, STRIKES } from "./strikes.ts";
import { SHAPES } from "./world.ts";

const THEN = ["destroy again", "up and destroy"] as const;
const report = new Report((name) => name.replace(/ (before|after) .*: /, ", ").replace(/^(fleet|single), /, ""));
afterAll(() => console.log(`\n${report.table()}`));

const cases = Object.entries(STRIKES).flatMap(([how, strike]) =>
  Object.entries(DESTROY_POINTS).flatMap(([where, point]) =>
    MOMENTS.flatMap((moment) =>
      SHAPES.flatMap((shape) =>
        THEN.map(
          (then) => [`${shape}, ${how} ${moment} ${where}: ${then}`, { strike, point, moment, shape, then }] as const,
        ),
      ),
    ),
  ),
);

describe("a destroy that is cut off", () => {
  test.each(sampled(cases))("%s", async (name, { strike, point, moment, shape, then }) => {
    report.begun(name);
    const run = await Case.of(shape, name, report);
    try {
      const { code, output } = await run.up();
      expect(code, output).toBe(0);
      await run.struck("destroy", point, strike, moment);
      if (then === "up and destroy") await run.converges();
      await run.restores();
    } finally {
      report.print(name);
      await run.close();
    }
  });
});
