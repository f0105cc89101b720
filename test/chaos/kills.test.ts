import { matrix } from "./matrix.ts";
import { UP_POINTS } from "./points.ts";
import { MOMENTS, STRIKES } from "./strikes.ts";
import { SHAPES } from "./world.ts";

const THEN = ["up and destroy", "destroy at once"] as const;

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
const groupOf = (name: string) => name.replace(/ (before|after) .*: /, ", ").replace(/^(fleet|single), /, "");

matrix("an up that is cut off", cases, groupOf, async (run, { strike, point, moment, then }) => {
  await run.struck("up", point, strike, moment);
  if (then === "up and destroy") await run.converges();
  await run.restores();
});
