import { matrix } from "./matrix.ts";
import { UP_POINTS } from "./points.ts";
import { MOMENTS, STRIKES } from "./strikes.ts";
import { SHAPES } from "./world.ts";

const { "kill -9 of the plugin": plugin, "kill -9 of all": all, SIGTERM, "a pipeline's cancel": cancel } = STRIKES;
const struck = { "kill -9 of the plugin": plugin, "kill -9 of all": all, SIGTERM, "a pipeline's cancel": cancel };

const cases = Object.entries(struck).flatMap(([how, strike]) =>
  (["the profile", "the 3rd mailbox", "the last mailbox", "the 1st test"] as const).flatMap((where) =>
    MOMENTS.flatMap((moment) =>
      SHAPES.map(
        (shape) =>
          [
            `${shape}, ${how} ${moment} ${where}, on another machine`,
            { strike, point: UP_POINTS[where], moment, shape },
          ] as const,
      ),
    ),
  ),
);
const groupOf = (name: string) => name.replace(/ (before|after) .*, on /, ", on ").replace(/^(fleet|single), /, "");

/**
 * What only the machine knew is lost with it, and told by the `up` or the `destroy`; nothing is put back to what it never was. A destroy at
 * once knows nothing of what no resource is in the state for, as docs/how-to/interrupted.md says.
 */
matrix("a job that is cut off with its machine", cases, groupOf, async (run, { strike, point, moment }) => {
  await run.struck("up", point, strike, moment);
  await run.moveElsewhere();
  await run.converges();
  await run.restores();
});
