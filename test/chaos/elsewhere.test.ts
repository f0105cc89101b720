import { matrix } from "./matrix.ts";
import { UP_POINTS } from "./points.ts";
import { MOMENTS, STRIKES } from "./strikes.ts";
import { SHAPES } from "./world.ts";

const { "kill -9 of the plugin": plugin, "kill -9 of all": all, SIGTERM, "a pipeline's cancel": cancel } = STRIKES;
const struck = { "kill -9 of the plugin": plugin, "kill -9 of all": all, SIGTERM, "a pipeline's cancel": cancel };
const THEN = ["up and destroy", "destroy at once"] as const;

const cases = Object.entries(struck).flatMap(([how, strike]) =>
  (["the profile", "the 3rd mailbox", "the last mailbox", "the 1st test"] as const).flatMap((where) =>
    MOMENTS.flatMap((moment) =>
      SHAPES.flatMap((shape) =>
        THEN.map(
          (then) =>
            [
              `${shape}, ${how} ${moment} ${where}, on another machine: ${then}`,
              { strike, point: UP_POINTS[where], moment, shape, then },
            ] as const,
        ),
      ),
    ),
  ),
);
const groupOf = (name: string) => name.replace(/ (before|after) .*, on /, ", on ").replace(/^(fleet|single), /, "");

/** What only the machine knew is lost with it, and told; nothing is put back to what it never was. */
matrix("a job that is cut off with its machine", cases, groupOf, async (run, { strike, point, moment, then }) => {
  await run.struck("up", point, strike, moment);
  run.moveElsewhere();
  if (then === "up and destroy") await run.converges();
  await run.restores();
});
