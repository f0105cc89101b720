import { matrix } from "./matrix.ts";
import { DESTROY_POINTS } from "./points.ts";
import { MOMENTS, STRIKES } from "./strikes.ts";
import { SHAPES } from "./world.ts";

const THEN = ["destroy again", "up and destroy"] as const;

const cases = Object.entries(STRIKES).flatMap(([how, strike]) =>
  Object.entries(DESTROY_POINTS).flatMap(([where, point]) =>
    MOMENTS.flatMap((moment) =>
      SHAPES.flatMap((shape) =>
        THEN.map(
          (then) =>
            [
              `${shape}, ${how} ${moment} ${where} in destroy: ${then}`,
              { strike, point, moment, shape, then },
            ] as const,
        ),
      ),
    ),
  ),
);
const groupOf = (name: string) =>
  `destroy: ${name.replace(/ (before|after) .*: /, ", ").replace(/^(fleet|single), /, "")}`;

matrix("a destroy that is cut off", cases, groupOf, async (run, { strike, point, moment, then }) => {
  await run.up();
  await run.struck("destroy", point, strike, moment);
  if (then === "up and destroy") await run.converges();
  await run.restores();
});
