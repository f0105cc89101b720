import { afterAll, describe, test } from "vitest";
import { Case } from "./case.ts";
import { UP_POINTS } from "./points.ts";
import { Report } from "./report.ts";
import { sampled } from "./sample.ts";
import { MOMENTS, STRIKES } from "./strikes.ts";
import { SHAPES } from "./world.ts";

const THEN = ["up and destroy", "destroy at once"] as const;
const report = new Report((name) => name.replace(/ (before|after) .*: /, ", ").replace(/^(fleet|single), /, ""));
afterAll(() => console.log(`\n${report.table()}`));

const cases = Object.entries(STRIKES).flatMap(([how, strike]) =>
  Object.entries(UP_POINTS).flatMap(([where, point]) =>
    MOMENTS.flatMap((moment) =>
      SHAPES.flatMap((shape) =>
        THEN.map(
          (then) => [`${shape}, ${how} ${moment} ${where}: ${then}`, { strike, point, moment, shape, then }] as const,
        ),
      ),
    ),
  ),
);

describe("an up that is cut off", () => {
  test.each(sampled(cases))("%s", async (name, { strike, point, moment, shape, then }) => {
    report.begun(name);
    const run = await Case.of(shape, name, report);
    try {
      await run.struck("up", point, strike, moment);
      if (then === "up and destroy") await run.converges();
      await run.restores();
    } finally {
      report.print(name);
      await run.close();
    }
  });
});
