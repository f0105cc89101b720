import { matrix } from "./matrix.ts";
import { GMAIL_POINTS } from "./points.ts";
import { MOMENTS, STRIKES } from "./strikes.ts";

const THEN = ["up and destroy", "destroy at once"] as const;

const cases = Object.entries(STRIKES).flatMap(([how, strike]) =>
  Object.entries(GMAIL_POINTS).flatMap(([where, point]) =>
    MOMENTS.flatMap((moment) =>
      THEN.map(
        (then) =>
          [`${how} ${moment} ${where}: ${then}`, { strike, point, moment, then, shape: "gmail" as const }] as const,
      ),
    ),
  ),
);
const groupOf = (name: string) => `Gmail's settings: ${name.replace(/ (before|after) .*: /, ", ")}`;

matrix("an up that is cut off at Gmail's settings", cases, groupOf, async (run, { strike, point, moment, then }) => {
  await run.struck("up", point, strike, moment);
  if (then === "up and destroy") await run.converges();
  await run.restores();
});
